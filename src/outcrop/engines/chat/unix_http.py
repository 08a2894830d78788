"""JSON and events over HTTP on a Unix socket, from a server such as llama.cpp's.

Every token passes here, on processors that the model's own threads need: aiohttp, whose parser is
written in C, takes half of httpx's processor time. A connection serves one request, because one
that waits for a next would hold a thread of the server.
"""

import contextlib
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import aiohttp

_LONGEST_LINE_BYTES = 1 << 26
"""An event that ends an answer repeats its prompt."""


class ServerGoneError(Exception):
    """Nobody listens at the socket, or the server hung up too early."""


class RefusedRequestError(Exception):
    """The server answered with another status than 200, or with an error in the middle."""

    def __init__(self, status: int, answer: Any) -> None:
        super().__init__(f"{status}: {answer}")
        self.answer = answer


class UnixHttp:
    """Speaks to the server at a socket. Belongs to one event loop."""

    def __init__(self, socket: Path) -> None:
        """Prepare to connect; nothing is sent yet."""
        self._socket = socket
        self._open: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Hang up; the next request connects again."""
        session, self._open = self._open, None
        if session is not None:
            await session.close()

    async def get(self, path: str) -> Any:
        """Return the JSON of an answer.

        Raises:
            ServerGoneError: There is none.
            RefusedRequestError: It is an error.
        """
        async with self._asked("GET", path) as response:
            return json.loads(await response.read())

    async def post(self, path: str, body: Any) -> Any:
        """Post JSON and return the JSON of the answer.

        Raises:
            ServerGoneError: There is none.
            RefusedRequestError: It is an error.
        """
        async with self._asked("POST", path, json=body) as response:
            return json.loads(await response.read())

    async def events(self, path: str, body: Any) -> AsyncGenerator[Any, None]:
        """Post JSON and give the JSON of each event of the answer; closing it hangs up.

        Raises:
            ServerGoneError: The answer ended too early.
            RefusedRequestError: It is an error.
        """
        async with self._asked("POST", path, json=body) as response:
            lines = response.content
            while line := await lines.readline(max_line_length=_LONGEST_LINE_BYTES):
                if line.startswith(b"data: {"):
                    yield _unless_error(json.loads(line[6:]))

    @contextlib.asynccontextmanager
    async def _asked(
        self, method: str, path: str, **request: Any
    ) -> AsyncGenerator[aiohttp.ClientResponse, None]:
        try:
            async with self._session.request(method, path, **request) as response:
                if response.status != 200:
                    raise RefusedRequestError(response.status, _parsed(await response.read()))
                yield response
        except aiohttp.ClientError as error:
            raise ServerGoneError(str(error) or type(error).__name__) from error

    @property
    def _session(self) -> aiohttp.ClientSession:
        """The session, which the first request opens: it holds to the loop that runs then."""
        if self._open is None:
            self._open = aiohttp.ClientSession(
                "http://llama.cpp",
                connector=aiohttp.UnixConnector(str(self._socket), force_close=True, limit=0),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
            )
        return self._open


def _unless_error(event: Any) -> Any:
    if "error" in event:
        raise RefusedRequestError(200, event)
    return event


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text.decode(errors="replace")
