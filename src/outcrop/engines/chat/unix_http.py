"""JSON and events over HTTP on a Unix socket, from a server such as llama.cpp's.

Every token passes here, on processors that the model's own threads need. A connection serves one
request, because one that waits for a next would hold a thread of the server.
"""

import contextlib
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outcrop.engines.workers.connection import Connection, ConnectionBrokenError

_HEADERS = {"content-type": "application/json", "connection": "close"}


class ServerGoneError(Exception):
    """Nobody listens at the socket, or the server hung up too early."""


class RefusedRequestError(Exception):
    """The server answered with another status than 200, or with an error in the middle."""

    def __init__(self, status: int, answer: Any) -> None:
        super().__init__(f"{status}: {answer}")
        self.answer = answer


@dataclass(frozen=True, slots=True)
class UnixHttp:
    """Speaks to the server at a socket."""

    socket: Path

    async def get(self, path: str) -> Any:
        """Return the JSON of an answer.

        Raises:
            ServerGoneError: There is none.
            RefusedRequestError: It is an error.
        """
        async with self._asked("GET", path) as connection:
            return json.loads(await _body(connection))

    async def post(self, path: str, body: Any) -> Any:
        """Post JSON and return the JSON of the answer.

        Raises:
            ServerGoneError: There is none.
            RefusedRequestError: It is an error.
        """
        async with self._asked("POST", path, json.dumps(body).encode()) as connection:
            return json.loads(await _body(connection))

    async def events(self, path: str, body: Any) -> AsyncGenerator[Any, None]:
        """Post JSON and give the JSON of each event of the answer; closing it hangs up.

        Raises:
            ServerGoneError: The answer ended too early.
            RefusedRequestError: It is an error.
        """
        async with self._asked("POST", path, json.dumps(body).encode()) as connection:
            # A line whose end has not come yet: the last repeats its prompt and may be long.
            begun: list[bytes] = []
            while piece := await connection.piece():
                *lines, rest = piece.split(b"\n")
                if lines:
                    lines[0] = b"".join([*begun, lines[0]])
                    begun.clear()
                begun.append(rest)
                for line in lines:
                    if line.startswith(b"data: {"):
                        yield _unless_error(json.loads(line[6:]))

    @contextlib.asynccontextmanager
    async def _asked(
        self, method: str, path: str, body: bytes = b""
    ) -> AsyncGenerator[Connection, None]:
        try:
            connection = await Connection.open(str(self.socket))
        except OSError as error:
            raise ServerGoneError(str(error)) from error
        with contextlib.closing(connection):
            try:
                await connection.request(method, path, _HEADERS, body)
                if connection.status != 200:
                    answer = _parsed(await _body(connection))
                    raise RefusedRequestError(connection.status, answer)
                yield connection
            except ConnectionBrokenError as error:
                raise ServerGoneError(str(error)) from error


async def _body(connection: Connection) -> bytes:
    pieces: list[bytes] = []
    while piece := await connection.piece():
        pieces.append(piece)
    return b"".join(pieces)


def _unless_error(event: Any) -> Any:
    if "error" in event:
        raise RefusedRequestError(200, event)
    return event


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text.decode(errors="replace")
