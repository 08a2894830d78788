"""What becomes of the answers of servers that speak OpenAI's API."""

import contextlib
import socket
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from outcrop.engines.embeddings.interface import EmbedderUnavailableError, EmbeddingFailedError
from outcrop.engines.embeddings.models import EmbeddingModel
from outcrop.engines.embeddings.openai_compatible import OpenAiCompatibleEmbedder
from outcrop.engines.embeddings.settings import RemoteEmbedderSettings
from tests.engines.embedders import embeddings_server

pytestmark = pytest.mark.anyio

MODEL = EmbeddingModel(name="tiny", dimensions=2, context_tokens=8, max_tokens=8)


@contextlib.asynccontextmanager
async def asking(
    answer: Callable[[Any], tuple[int, Any]], **changes: Any
) -> AsyncGenerator[OpenAiCompatibleEmbedder]:
    with embeddings_server(answer) as url:
        settings = replace(RemoteEmbedderSettings(url=url, model=MODEL), **changes)
        embedder = OpenAiCompatibleEmbedder(settings)
        try:
            yield embedder
        finally:
            await embedder.close()


def vectors(request: Any) -> tuple[int, Any]:
    """Answer each text with its length, in a vector that is not of length one."""
    data = [
        {"index": index, "embedding": [3.0 * len(text), 4.0 * len(text)]}
        for index, text in enumerate(request["input"])
    ]
    return 200, {"data": data, "usage": {"prompt_tokens": sum(map(len, request["input"]))}}


async def test_the_server_is_asked_as_its_api_says():
    seen: list[Any] = []

    def answer(request: Any) -> tuple[int, Any]:
        seen.append(request)
        return vectors(request)

    model = replace(MODEL, prefixes={"query": "q: "})
    async with asking(answer, api_key="secret", model=model) as embedder:
        found = await embedder.embed(["a", "b"], purpose="query")

    np.testing.assert_allclose(found, [[0.6, 0.8]] * 2, atol=1e-6)
    assert seen == [
        {
            "model": "tiny",
            "input": ["q: a", "q: b"],
            "encoding_format": "float",
            "authorization": "Bearer secret",
        }
    ]


async def test_many_texts_are_asked_in_batches():
    sizes: list[int] = []

    def answer(request: Any) -> tuple[int, Any]:
        sizes.append(len(request["input"]))
        return vectors(request)

    async with asking(answer, batch_texts=4) as embedder:
        found = await embedder.embed(["a"] * 10, purpose="document")

    assert (found.shape, sorted(sizes)) == ((10, 2), [2, 4, 4])


async def test_tokens_are_those_that_the_server_counts():
    async with asking(vectors) as embedder:
        assert await embedder.count_tokens(["a", "abc"]) == [1, 3]


async def test_a_server_that_does_not_count_is_an_error():
    async with asking(lambda _: (200, {"data": []})) as embedder:
        with pytest.raises(EmbeddingFailedError, match="does not count tokens"):
            await embedder.count_tokens(["a"])


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, EmbedderUnavailableError),
        (404, EmbedderUnavailableError),
        (400, EmbeddingFailedError),
        (429, EmbeddingFailedError),
        (500, EmbeddingFailedError),
    ],
)
async def test_a_refusal_is_told_in_the_servers_words(status: int, expected: type[Exception]):
    async with asking(lambda _: (status, {"error": "because"})) as embedder:
        with pytest.raises(
            expected, match=f'/v1/embeddings answered {status}: {{"error": "because"}}'
        ):
            await embedder.embed(["a"], purpose="query")


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"data": [{"embedding": [1.0, 2.0]}]},
        {"data": [{"index": 0, "embedding": [1.0]}]},
        {"data": []},
        {"data": [{"index": 0, "embedding": ["a", "b"]}]},
    ],
)
async def test_an_answer_without_the_embeddings_is_an_error(body: Any):
    async with asking(lambda _: (200, body)) as embedder:
        with pytest.raises(EmbeddingFailedError, match=r"^tiny's server answered "):
            await embedder.embed(["a"], purpose="query")


async def test_a_server_that_is_not_there_is_unavailable():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    embedder = OpenAiCompatibleEmbedder(
        RemoteEmbedderSettings(url=f"http://127.0.0.1:{port}/v1", model=MODEL)
    )

    with pytest.raises(EmbedderUnavailableError, match="cannot be reached"):
        await embedder.embed(["a"], purpose="query")

    await embedder.close()
