"""What all chat models share that answer over HTTP: the connection and its errors."""

import contextlib
import json
import re
from collections.abc import AsyncGenerator, Generator, Mapping
from typing import Any, cast

import httpx

from outcrop.engines.chat.interface import (
    ChatError,
    ContextOverflowError,
    GenerationFailedError,
    InvalidPromptError,
    ModelUnavailableError,
    OverloadedError,
)
from outcrop.engines.chat.sse import data_lines

_TOO_LONG = re.compile(
    r"context.{0,20}(length|window|size)|prompt is too long|input is too long|too many tokens",
    re.IGNORECASE,
)
"""How servers say that a prompt is too long; the status, 400, says less."""


class Upstream:
    """A server that streams answers as server-sent events."""

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        connect_timeout_seconds: float,
        read_timeout_seconds: float,
    ) -> None:
        """Prepare to connect; nothing is sent yet."""
        self._url = url
        self._client = httpx.AsyncClient(
            base_url=url.rstrip("/"),
            headers=headers,
            timeout=httpx.Timeout(read_timeout_seconds, connect=connect_timeout_seconds),
            limits=httpx.Limits(max_connections=None),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def events(
        self, path: str, body: Mapping[str, Any]
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Post a request and give the JSON of each event of the answer.

        Raises:
            ChatError: What the server, or the way to it, has to say.
        """
        with self._told():
            async with self._client.stream("POST", path, json=body) as response:
                if response.status_code != 200:
                    raise refusal(response, (await response.aread()).decode(errors="replace"))
                async with contextlib.aclosing(data_lines(response)) as lines:
                    async for line in lines:
                        if line == b"[DONE]":
                            return
                        yield json.loads(line)

    async def ask(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Post a request and return the JSON of its answer.

        Raises:
            ChatError: What the server, or the way to it, has to say.
        """
        with self._told():
            response = await self._client.post(path, json=body)
        if response.status_code != 200:
            raise refusal(response, response.text)
        return response.json()

    @contextlib.contextmanager
    def _told(self) -> Generator[None, None, None]:
        """Tell faults of the connection in the words of the interface."""
        try:
            yield
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise ModelUnavailableError(f"{self._url} does not answer: {error}") from error
        except httpx.TransportError as error:
            reason = str(error) or type(error).__name__
            raise GenerationFailedError(f"{self._url} broke off: {reason}") from error
        except json.JSONDecodeError as error:
            raise GenerationFailedError(f"{self._url} sent what is no JSON: {error}") from error


def json_object(value: Any) -> Mapping[str, Any]:
    """Return a JSON value that should be an object, or an empty one."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def refusal(response: httpx.Response, text: str) -> ChatError:
    """Return the error that a refusing answer stands for."""
    message = f"{response.url.host} refused with {response.status_code}: {_message(text)}"
    match response.status_code:
        case 401 | 403 | 404:
            return ModelUnavailableError(message)
        case 429 | 503 | 529:
            return OverloadedError(message, retry_after_seconds=_retry_after(response))
        case 400 | 413 | 422:
            return rejected(message)
        case _:
            return GenerationFailedError(message)


def rejected(message: str) -> ChatError:
    """Return the error for a prompt that a server finds wrong."""
    if _TOO_LONG.search(message):
        return ContextOverflowError(message=message)
    return InvalidPromptError(message)


def _message(text: str) -> str:
    try:
        said = json.loads(text)
    except json.JSONDecodeError:
        return text[:1000]
    return message_of(json_object(said).get("error", said))[:1000]


def message_of(error: Any) -> str:
    """Return the words of an error that is a string or an object with a message."""
    return str(json_object(error).get("message", error))


def _retry_after(response: httpx.Response) -> float:
    try:
        return float(response.headers.get("retry-after", "1"))
    except ValueError:  # A date; rare enough to be taken for a moment.
        return 1.0
