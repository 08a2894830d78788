"""What the ONNX backend does beyond the promises of every embedder."""

import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from outcrop.engines.embeddings.interface import EmbedderUnavailableError, EmbeddingFailedError
from outcrop.engines.embeddings.models import MULTILINGUAL_E5_SMALL
from outcrop.engines.embeddings.onnx import OnnxEmbedder, OnnxEmbedderSettings
from tests.engines.embedders import onnx_embedder, onnx_settings, weights_of

pytestmark = pytest.mark.anyio

A_BOOK = ["It was a dark and stormy night, and the rain fell in torrents. " * 20] * 60
"""Half a minute of work."""


async def until_it_works(embedder: OnnxEmbedder) -> None:
    """Wait until the worker has begun: it answers in between."""
    await embedder.count_tokens(["a"])


def kill(embedder: OnnxEmbedder) -> None:
    process = embedder.worker.process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)


async def test_a_killed_worker_fails_the_call_and_the_next_one_works():
    async with onnx_embedder() as embedder:
        before = await embedder.embed(["hello"], purpose="query")
        long = asyncio.create_task(embedder.embed(A_BOOK, purpose="document"))
        await until_it_works(embedder)

        kill(embedder)

        with pytest.raises(EmbeddingFailedError, match="was killed by SIGKILL"):
            await long
        after = await embedder.embed(["hello"], purpose="query")
        np.testing.assert_array_equal(after, before)


async def test_a_short_text_does_not_wait_for_a_book():
    async with onnx_embedder() as embedder:
        await until_it_works(embedder)
        long = asyncio.create_task(embedder.embed(A_BOOK, purpose="document"))
        await until_it_works(embedder)

        await embedder.embed(["hello"], purpose="query")

        assert not long.done()
        long.cancel()


async def test_a_cancelled_caller_leaves_the_others_their_embeddings():
    async with onnx_embedder() as embedder:
        expected = await embedder.embed(["hello"], purpose="query")
        cancelled = asyncio.create_task(embedder.embed(A_BOOK[:4], purpose="document"))
        kept = asyncio.create_task(embedder.embed(["hello"], purpose="query"))
        await until_it_works(embedder)

        cancelled.cancel()

        np.testing.assert_allclose(await kept, expected, atol=1e-4)


async def test_queries_and_documents_are_read_with_their_prefixes():
    model = MULTILINGUAL_E5_SMALL
    async with (
        onnx_embedder() as embedder,
        OnnxPlain() as plain,
    ):
        queries = await embedder.embed(["Lyon"], purpose="query")
        documents = await embedder.embed(["Lyon"], purpose="document")

        written_out = await plain.embed(
            [f"{model.prefixes['query']}Lyon", f"{model.prefixes['document']}Lyon"], purpose="query"
        )

    np.testing.assert_allclose(np.concatenate([queries, documents]), written_out, atol=1e-4)


class OnnxPlain:
    """The same model, told of no prefixes."""

    async def __aenter__(self) -> OnnxEmbedder:
        settings = onnx_settings()
        self._embedder = OnnxEmbedder(replace(settings, model=replace(settings.model, prefixes={})))
        return self._embedder

    async def __aexit__(self, *_: object) -> None:
        await self._embedder.close()


async def test_weights_that_are_not_there_are_named(tmp_path: Path):
    path = tmp_path / "none.onnx"
    embedder = OnnxEmbedder(OnnxEmbedderSettings(path=path, model=MULTILINGUAL_E5_SMALL))

    with pytest.raises(EmbedderUnavailableError, match=f"The weights {path} are not there"):
        await embedder.embed(["hello"], purpose="query")


async def test_a_file_that_is_no_model_is_refused_with_the_reason(tmp_path: Path):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"no model")
    embedder = OnnxEmbedder(OnnxEmbedderSettings(path=path, model=MULTILINGUAL_E5_SMALL))

    with pytest.raises(EmbedderUnavailableError, match="is no model that ONNX Runtime can load"):
        await embedder.embed(["hello"], purpose="query")


async def test_a_model_without_its_tokenizer_is_refused(tmp_path: Path):
    path = tmp_path / "model.onnx"
    path.symlink_to(weights_of("all-minilm-l6-v2"))
    embedder = OnnxEmbedder(OnnxEmbedderSettings(path=path, model=MULTILINGUAL_E5_SMALL))

    with pytest.raises(EmbedderUnavailableError, match="is not there"):
        await embedder.count_tokens(["hello"])
