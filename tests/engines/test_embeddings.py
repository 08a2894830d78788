"""What every embedding backend promises, on real weights."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import numpy as np
import pytest

from outcrop.engines.embeddings.interface import Embedder, Purpose
from tests.engines.embedders import onnx_embedder, remote_embedder

pytestmark = pytest.mark.anyio

BACKENDS = {
    "onnx-multilingual-e5-small": onnx_embedder,
    "onnx-all-minilm-l6-v2": lambda: onnx_embedder("all-minilm-l6-v2"),
    "openai-compatible": remote_embedder,
}
MULTILINGUAL = ("onnx-multilingual-e5-small", "openai-compatible")

PASSAGES = [
    "Electronic items can be returned within 14 days.",
    "The Lyon warehouse opened in March 2022.",
    "Support is open Monday to Friday, from 9:00 to 18:00.",
    "Lunch is served in the canteen from noon to 2 pm.",
    "Employees get 25 days of paid leave a year.",
    "Passwords must have at least 12 characters.",
]
QUESTIONS = [
    "How long do I have to bring back a laptop?",
    "When did the site in Lyon start?",
    "On which days can I reach the support team?",
    "At what time can I eat at work?",
    "How much holiday do I have?",
    "How long must my password be?",
]
FRENCH_PASSAGES = [
    "Les articles électroniques peuvent être retournés sous 14 jours.",
    "L'entrepôt de Lyon a ouvert en mars 2022.",
    "Le support est ouvert du lundi au vendredi, de 9 h à 18 h.",
    "La cantine sert le déjeuner de midi à 14 h.",
    "Les salariés ont 25 jours de congés payés par an.",
    "Le mot de passe doit contenir au moins 12 caractères.",
]
FRENCH_QUESTIONS = [
    "Combien de temps ai-je pour rendre un ordinateur portable ?",
    "Depuis quand le site de Lyon existe-t-il ?",
    "Quels sont les horaires de l'assistance ?",
    "À quelle heure peut-on manger au travail ?",
    "Combien de jours de vacances ai-je ?",
    "Quelle longueur pour mon mot de passe ?",
]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """The embedders of this module live as long as it does."""
    return "asyncio"


@pytest.fixture(scope="module", params=BACKENDS)
async def embedder(request: pytest.FixtureRequest) -> AsyncGenerator[Embedder]:
    async with BACKENDS[request.param]() as embedder:
        yield embedder


@pytest.fixture(scope="module", params=MULTILINGUAL)
async def multilingual(request: pytest.FixtureRequest) -> AsyncGenerator[Embedder]:
    async with BACKENDS[request.param]() as embedder:
        yield embedder


async def nearest(embedder: Embedder, questions: list[str], passages: list[str]) -> list[int]:
    """Return, for each question, which passage is nearest."""
    queries = await embedder.embed(questions, purpose="query")
    documents = await embedder.embed(passages, purpose="document")
    return np.argmax(queries @ documents.T, axis=1).tolist()


@pytest.mark.parametrize("purpose", ["query", "document"])
async def test_an_embedding_has_the_promised_dimensions_and_length_one(
    embedder: Embedder, purpose: Purpose
):
    vectors = await embedder.embed(["hello", "a longer text, with more words"], purpose=purpose)

    assert (vectors.shape, vectors.dtype) == ((2, embedder.dimensions), np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


async def test_an_embedding_that_is_not_normalized_points_where_the_other_does(embedder: Embedder):
    texts = ["hello", "a longer text, with more words"]

    plain = await embedder.embed(texts, purpose="query", is_normalized=False)

    lengths = np.linalg.norm(plain, axis=1, keepdims=True)
    normalized = await embedder.embed(texts, purpose="query")
    np.testing.assert_allclose(plain / lengths, normalized, atol=1e-5)


async def test_no_texts_have_no_embeddings(embedder: Embedder):
    vectors = await embedder.embed([], purpose="document")

    assert (vectors.shape, vectors.dtype) == ((0, embedder.dimensions), np.float32)


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\0", "🪨", "日本語", "x" * 5000, "\u200b"])
async def test_any_text_has_an_embedding(embedder: Embedder, text: str):
    vectors = await embedder.embed([text], purpose="document")

    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


async def test_a_question_finds_its_passage(embedder: Embedder):
    assert await nearest(embedder, QUESTIONS, PASSAGES) == list(range(6))


async def test_a_french_question_finds_its_passage(multilingual: Embedder):
    assert await nearest(multilingual, FRENCH_QUESTIONS, FRENCH_PASSAGES) == list(range(6))


async def test_a_question_finds_its_passage_in_the_other_language(multilingual: Embedder):
    assert await nearest(multilingual, QUESTIONS, FRENCH_PASSAGES) == list(range(6))
    assert await nearest(multilingual, FRENCH_QUESTIONS, PASSAGES) == list(range(6))


async def test_translations_are_nearer_than_anything_else(multilingual: Embedder):
    english = await multilingual.embed(PASSAGES, purpose="query")
    french = await multilingual.embed(FRENCH_PASSAGES, purpose="query")

    similarities = english @ french.T

    assert np.argmax(similarities, axis=0).tolist() == list(range(6))
    assert np.argmax(similarities, axis=1).tolist() == list(range(6))


async def test_texts_together_have_the_embeddings_that_each_has_alone(embedder: Embedder):
    texts = [*PASSAGES, "short", "", " ".join(PASSAGES * 8), *QUESTIONS]

    together = await embedder.embed(texts, purpose="document")

    alone = [(await embedder.embed([text], purpose="document"))[0] for text in texts]
    assert np.sum(together * np.stack(alone), axis=1).min() > 0.9999


async def test_a_hundred_callers_at_once_get_their_own_embeddings(embedder: Embedder):
    texts = [f"{PASSAGES[number % 6]} It is rule {number}." for number in range(100)]
    expected = await embedder.embed(texts, purpose="document")

    answers = await asyncio.gather(*(embedder.embed([text], purpose="document") for text in texts))

    assert np.sum(np.concatenate(answers) * expected, axis=1).min() > 0.9999


async def test_a_text_is_read_up_to_its_limit_and_no_further(embedder: Embedder):
    one_token = "a "
    longest = one_token * embedder.max_tokens
    texts = [longest, longest + "volcano", one_token * (embedder.max_tokens - 1) + "volcano"]
    [count] = await embedder.count_tokens([texts[2]])

    # E5's prefix of queries is the longer one: after it, nothing is left beyond the limit.
    whole, cut, other = await embedder.embed(texts, purpose="query")

    assert count == embedder.max_tokens + (await extra_tokens(embedder, "volcano"))
    assert float(whole @ cut) > 0.99999
    assert float(whole @ other) < 0.99999


async def extra_tokens(embedder: Embedder, word: str) -> int:
    """Return how many tokens a word has beyond its first."""
    [count] = await embedder.count_tokens([word])
    return count - 1


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("", {"all-minilm-l6-v2": 0, "multilingual-e5-small": 0}),
        ("Hello world!", {"all-minilm-l6-v2": 3, "multilingual-e5-small": 3}),
        ("Unbelievable!", {"all-minilm-l6-v2": 2, "multilingual-e5-small": 5}),
        ("a " * 2000, {"all-minilm-l6-v2": 2000, "multilingual-e5-small": 2000}),
    ],
)
async def test_the_tokens_of_a_text_are_counted_before_any_cut(
    embedder: Embedder, text: str, counts: dict[str, Any]
):
    assert await embedder.count_tokens([text, text]) == [counts[embedder.name]] * 2


async def test_texts_without_a_purpose_are_read_as_they_are(embedder: Embedder) -> None:
    if embedder.name != "multilingual-e5-small":
        pytest.skip("Only this model reads a prefix before texts.")

    (bare,) = await embedder.embed(["query: opening hours"], purpose=None)
    (asked,) = await embedder.embed(["opening hours"], purpose="query")

    assert np.allclose(bare, asked, atol=1e-4)
