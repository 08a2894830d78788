"""Embeddings in the native forms of Titan and Cohere."""

from typing import Any

import numpy as np
import pytest
from botocore.exceptions import ClientError

from tests.services.bedrock_runtime.invoking import invoke, kinds

TITAN_V1 = "amazon.titan-embed-text-v1"
TITAN = "amazon.titan-embed-text-v2:0"
COHERE = "cohere.embed-multilingual-v3"
COHERE_V4 = "cohere.embed-v4:0"
PAIRS = [
    ("The cat sleeps on the sofa.", "Le chat dort sur le canapé."),
    ("Interest rates will rise next year.", "Les taux d'intérêt augmenteront l'an prochain."),
    ("How do I bake bread?", "Comment faire du pain ?"),
]
TEXTS = [text for pair in PAIRS for text in pair]


def titan(runtime: Any, text: str, **more: Any) -> Any:
    return invoke(runtime, TITAN, {"inputText": text, **more})


def cohere(runtime: Any, texts: list[str], model_id: str = COHERE, **more: Any) -> Any:
    return invoke(runtime, model_id, {"texts": texts, "input_type": "search_document", **more})


def cosines(vectors: Any) -> Any:
    array = np.asarray(vectors, dtype=np.float64)
    array /= np.linalg.norm(array, axis=1, keepdims=True)
    return array @ array.T


def assert_pairs_are_nearest(vectors: Any) -> None:
    """Every sentence is nearer to its translation than to any other sentence."""
    near = cosines(vectors)
    for first in range(0, len(TEXTS), 2):
        for one, other in ((first, first + 1), (first + 1, first)):
            rest = [near[one, place] for place in range(len(TEXTS)) if place not in (one, other)]
            assert near[one, other] > max(rest)


def assert_pairs_are_near(vectors: Any) -> None:
    """Every sentence is nearer to its translation than to the others on average."""
    near = cosines(vectors)
    for first in range(0, len(TEXTS), 2):
        rest = np.delete(near[first], (first, first + 1))
        assert near[first, first + 1] > rest.mean()


def test_titans_first_model_gives_1536_numbers(runtime: Any) -> None:
    answers = [invoke(runtime, TITAN_V1, {"inputText": text}) for text in TEXTS]

    assert kinds(answers[0]) == {"embedding": ["float"] * 1536, "inputTextTokenCount": "int"}
    assert_pairs_are_nearest([answer["embedding"] for answer in answers])


@pytest.mark.parametrize("dimensions", [1024, 512, 256])
def test_titans_second_model_gives_the_length_asked_for(runtime: Any, dimensions: int) -> None:
    answers = [titan(runtime, text, dimensions=dimensions) for text in TEXTS]

    vectors = np.asarray([answer["embedding"] for answer in answers])
    assert vectors.shape == (len(TEXTS), dimensions)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)
    assert_pairs_are_nearest(vectors)


def test_titans_second_model_gives_1024_numbers_by_default(runtime: Any) -> None:
    answer = titan(runtime, "Hello")

    assert kinds(answer) == {
        "embedding": ["float"] * 1024,
        "embeddingsByType": {"float": ["float"] * 1024},
        "inputTextTokenCount": "int",
    }
    assert answer["embedding"] == answer["embeddingsByType"]["float"]
    assert answer["inputTextTokenCount"] == 1


def test_titans_binary_embeddings_are_the_signs_of_its_numbers(runtime: Any) -> None:
    answer = titan(runtime, "Hello", embeddingTypes=["float", "binary"])

    by_type = answer["embeddingsByType"]
    signs = [1 if number > 0 else 0 for number in by_type["float"]]
    assert by_type["binary"] == signs
    assert 400 < sum(signs) < 624


def test_only_binary_embeddings_come_without_numbers(runtime: Any) -> None:
    answer = titan(runtime, "Hello", embeddingTypes=["binary"])

    assert kinds(answer) == {
        "embeddingsByType": {"binary": ["int"] * 1024},
        "inputTextTokenCount": "int",
    }


def test_titan_embeds_without_normalising(runtime: Any) -> None:
    plain = titan(runtime, "Hello", normalize=False)["embedding"]
    short = titan(runtime, "Hello", normalize=False, dimensions=256)["embedding"]
    normal = titan(runtime, "Hello", normalize=True)["embedding"]

    assert cosines([plain, normal])[0, 1] > 0.9999
    assert abs(np.linalg.norm(normal) - 1) < 1e-5
    assert abs(np.linalg.norm(plain) - 1) > 0.01
    assert np.linalg.norm(short) == pytest.approx(np.linalg.norm(plain), rel=1e-5)


def test_cohere_embeds_many_texts_at_once(runtime: Any) -> None:
    answer = cohere(runtime, TEXTS)

    assert kinds(answer) == {
        "id": "str",
        "texts": ["str"] * len(TEXTS),
        "embeddings": [["float"] * 1024] * len(TEXTS),
        "response_type": "str",
    }
    assert answer["texts"] == TEXTS
    assert answer["response_type"] == "embeddings_floats"
    assert_pairs_are_nearest(answer["embeddings"])


def test_cohere_tells_numbers_in_every_kind(runtime: Any) -> None:
    asked = ["float", "int8", "uint8", "binary", "ubinary"]

    answer = cohere(runtime, TEXTS, embedding_types=asked)

    by_kind = answer["embeddings"]
    assert answer["response_type"] == "embeddings_by_type"
    assert {kind: len(by_kind[kind][0]) for kind in asked} == {
        "float": 1024,
        "int8": 1024,
        "uint8": 1024,
        "binary": 128,
        "ubinary": 128,
    }
    assert_pairs_are_nearest(by_kind["float"])
    assert_pairs_are_nearest(by_kind["int8"])
    assert_pairs_are_nearest(np.asarray(by_kind["uint8"]) - 127.5)
    bits = np.unpackbits(np.asarray(by_kind["ubinary"], np.uint8), axis=1)
    assert bits.tolist() == (np.asarray(by_kind["float"]) > 0).astype(int).tolist()
    assert (np.asarray(by_kind["binary"]) + 128).tolist() == by_kind["ubinary"]
    assert_pairs_are_near(bits * 2.0 - 1.0)


def test_coheres_fourth_model_takes_texts_in_parts(runtime: Any) -> None:
    parts = [{"content": [{"type": "text", "text": text}]} for text in TEXTS]
    in_two = {"content": [{"type": "text", "text": words} for words in ("Good day,", "sir.")]}
    told = {"input_type": "search_document", "embedding_types": ["float"]}

    answer = invoke(runtime, COHERE_V4, {"inputs": [*parts, in_two], **told})

    same = cohere(runtime, [*TEXTS, "Good day,\nsir."], COHERE_V4, embedding_types=["float"])
    np.testing.assert_allclose(
        answer["embeddings"]["float"], same["embeddings"]["float"], atol=1e-3
    )


def test_pictures_among_the_parts_are_refused(runtime: Any) -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    body = {"inputs": [{"content": [picture]}], "input_type": "search_document"}

    with pytest.raises(ClientError, match="images are not embedded here; send texts") as refused:
        invoke(runtime, COHERE_V4, body)

    assert refused.value.response["Error"]["Code"] == "ValidationException"


@pytest.mark.parametrize("dimensions", [1536, 1024, 512, 256])
def test_coheres_fourth_model_gives_the_length_asked_for(runtime: Any, dimensions: int) -> None:
    answer = cohere(runtime, TEXTS, COHERE_V4, output_dimension=dimensions)

    assert np.asarray(answer["embeddings"]).shape == (len(TEXTS), dimensions)
    assert_pairs_are_nearest(answer["embeddings"])


def test_a_query_finds_its_document(runtime: Any) -> None:
    documents = np.asarray(cohere(runtime, TEXTS)["embeddings"])
    asked = {"texts": ["recette de baguette"], "input_type": "search_query"}

    query = np.asarray(invoke(runtime, COHERE, asked)["embeddings"][0])

    assert int(np.argmax(documents @ query)) in (4, 5)


def test_the_model_that_embeds_is_named(runtime: Any) -> None:
    answer = runtime.invoke_model(modelId=TITAN, body=b'{"inputText": "Hello there"}')

    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-outcrop-model"] == "multilingual-e5-small"
    assert headers["x-amzn-bedrock-input-token-count"] == "2"
