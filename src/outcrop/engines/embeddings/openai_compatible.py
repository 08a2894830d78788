"""Embeddings from a server that speaks OpenAI's API: vLLM, llama.cpp, Ollama, OpenAI itself.

Source: https://platform.openai.com/docs/api-reference/embeddings/create
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx
import numpy as np
import numpy.typing as npt

from outcrop.engines.embeddings.interface import (
    EmbedderUnavailableError,
    EmbeddingFailedError,
    Purpose,
)
from outcrop.engines.embeddings.lengths import of_length_one
from outcrop.engines.embeddings.settings import RemoteEmbedderSettings

_NOT_OURS = (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND)
_QUOTED_CHARACTERS = 500


class OpenAiCompatibleEmbedder:
    """One model of one server."""

    def __init__(
        self,
        settings: RemoteEmbedderSettings,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Prepare to ask; nothing is connected yet.

        Args:
            settings: The server and the model.
            transport: How to reach the server, when not by TCP.
        """
        self._settings = settings
        self._free = asyncio.Semaphore(settings.requests_at_a_time)
        self._client = httpx.AsyncClient(
            transport=transport,
            timeout=settings.timeout_seconds,
            headers={"Authorization": f"Bearer {settings.api_key}"} if settings.api_key else {},
        )

    @property
    def name(self) -> str:
        """See `Embedder.name`."""
        return self._settings.model.name

    @property
    def dimensions(self) -> int:
        """See `Embedder.dimensions`."""
        return self._settings.model.dimensions

    @property
    def max_tokens(self) -> int:
        """See `Embedder.max_tokens`."""
        return self._settings.model.max_tokens

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def embed(
        self, texts: Sequence[str], *, purpose: Purpose | None, is_normalized: bool = True
    ) -> npt.NDArray[np.float32]:
        """See `Embedder.embed`.

        Texts beyond the context are cut by the server, or refused: that is its choice.
        """
        model, size = self._settings.model, self._settings.batch_texts
        given = [model.prefixed(text, purpose) for text in texts]
        batches = [given[start : start + size] for start in range(0, len(given), size)]
        answers = await asyncio.gather(*map(self._ask, batches))
        told = [
            self._rows(answer, len(batch)) for answer, batch in zip(answers, batches, strict=True)
        ]
        rows = np.concatenate([np.empty((0, self.dimensions), np.float32), *told])
        return of_length_one(rows) if is_normalized else rows

    async def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder.count_tokens`.

        The API has no call for it: each text is embedded, and the usage that the server reports
        is returned, in which servers count marks as they see fit.
        """
        answers = await asyncio.gather(*(self._ask([text]) for text in texts))
        try:
            return [int(answer["usage"]["prompt_tokens"]) for answer in answers]
        except (KeyError, TypeError, ValueError) as error:
            raise EmbeddingFailedError(f"{self.name}'s server does not count tokens.") from error

    async def _ask(self, texts: list[str]) -> Any:
        request = {"model": self.name, "input": texts, "encoding_format": "float"}
        url = self._settings.url.rstrip("/") + "/embeddings"
        try:
            async with self._free:
                response = await self._client.post(url, json=request)
            if response.is_success:
                return response.json()
        except httpx.ConnectError as error:
            raise EmbedderUnavailableError(f"{url} cannot be reached: {error}") from error
        except (httpx.HTTPError, ValueError) as error:
            reason = str(error) or type(error).__name__
            raise EmbeddingFailedError(f"{url} failed: {reason}") from error
        reason = f"{url} answered {response.status_code}: {response.text[:_QUOTED_CHARACTERS]}"
        if response.status_code in _NOT_OURS:
            raise EmbedderUnavailableError(reason)
        raise EmbeddingFailedError(reason)

    def _rows(self, answer: Any, texts: int) -> npt.NDArray[np.float32]:
        """Return the vectors of an answer, in the order of the texts."""
        try:
            data = sorted(answer["data"], key=lambda each: each["index"])
            rows = np.array([each["embedding"] for each in data], np.float32)
        except (KeyError, TypeError, ValueError) as error:
            raise EmbeddingFailedError(f"{self.name}'s server answered no embeddings.") from error
        if rows.shape != (texts, self.dimensions):
            raise EmbeddingFailedError(
                f"{self.name}'s server answered {rows.shape} numbers, not {texts} times "
                f"{self.dimensions}."
            )
        return rows
