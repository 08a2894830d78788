"""ASGI's WebSocket messages as a request whose body is the messages, and as a streamed answer.

Source: https://asgi.readthedocs.io/en/latest/specs/www.html#websocket
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from outcrop.aws.errors import RequestTooLargeError, SerializationError
from outcrop.aws.http import HttpResponse, WebSocketBody
from outcrop.server.asgi import Message, Receive, Send, raw_headers, read_request

MOST_MESSAGE_BYTES = 1 << 20
"""Our own bound; a second of sound at 48 kHz in stereo has a fifth of it."""
MOST_WAITING_MESSAGES = 4
"""Messages read ahead of the handler; a client that sends more has to wait."""
SWITCHING_PROTOCOLS = 101
_HTTP_SCHEMES = {"ws": "http", "wss": "https"}
_NORMAL, _GOING_AWAY, _FAILED = 1000, 1001, 1011
"""Codes of closing. Source: https://datatracker.ietf.org/doc/html/rfc6455#section-7.4.1"""


class WebSocketChannel:
    """One WebSocket: what `Connection` and `Answer` are for a request."""

    def __init__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Wrap what the server gives for one WebSocket, which is not accepted yet."""
        self._receive = receive
        self._send = send
        self._waiting: asyncio.Queue[Message] = asyncio.Queue(MOST_WAITING_MESSAGES)
        self._task: asyncio.Task[Any] | None = None
        self._pump: asyncio.Task[None] | None = None
        self._is_gone = False
        scheme = _HTTP_SCHEMES.get(scope["scheme"], scope["scheme"])
        self.request = read_request(
            {**scope, "method": "GET", "scheme": scheme}, WebSocketBody(self._messages())
        )
        self.status = 0
        """0 until the WebSocket is accepted or refused."""
        self.bytes_sent = 0

    def cancel_when_gone(self, task: "asyncio.Task[Any]") -> None:
        """Cancel a task as soon as the client closes an accepted WebSocket."""
        self._task = task

    def look(self, now: float) -> None:
        """Do nothing: who listens hears at once of a client that is gone."""

    def close(self) -> None:
        """Stop listening."""
        if self._pump is not None:
            self._pump.cancel()

    async def send(self, response: HttpResponse) -> None:
        """Accept the WebSocket for a streamed response, whose chunks are messages; else refuse."""
        await self._receive()  # The client's wish to connect.
        if isinstance(response.body, AsyncIterator):
            await self._stream(response.body)
        else:
            await self._refuse(response)

    async def _refuse(self, response: HttpResponse) -> None:
        body = response.body if isinstance(response.body, bytes) else b""
        self.status = response.status
        await self._send(
            {
                "type": "websocket.http.response.start",
                "status": response.status,
                "headers": raw_headers(response),
            }
        )
        await self._send({"type": "websocket.http.response.body", "body": body})
        self.bytes_sent = len(body)

    async def _stream(self, frames: AsyncIterator[bytes]) -> None:
        self.status = SWITCHING_PROTOCOLS
        await self._send({"type": "websocket.accept"})
        self._pump = asyncio.get_running_loop().create_task(self._listen())
        code = _FAILED
        try:
            async for frame in frames:
                await self._send({"type": "websocket.send", "bytes": frame})
                self.bytes_sent += len(frame)
            code = _NORMAL
        except asyncio.CancelledError:
            code = _GOING_AWAY
            raise
        finally:
            if isinstance(frames, AsyncGenerator):
                await frames.aclose()
            # Granian sends no close frame to whom it still listens.
            self._pump.cancel()
            await asyncio.wait([self._pump])
            if not self._is_gone:
                await self._send({"type": "websocket.close", "code": code})

    async def _listen(self) -> None:
        """Queue the client's messages; pings are answered by the server meanwhile."""
        while (message := await self._receive())["type"] != "websocket.disconnect":
            await self._waiting.put(message)
        self._is_gone = True
        if self._task is not None:
            self._task.cancel()

    async def _messages(self) -> AsyncIterator[bytes]:
        while True:
            yield _content(await self._waiting.get())


def _content(message: Message) -> bytes:
    """Return the bytes of a message.

    Raises:
        ServiceError: It is text, or too long.
    """
    content = message.get("bytes")
    if content is None:
        raise SerializationError("Messages must be binary: one frame of the event stream each.")
    if len(content) > MOST_MESSAGE_BYTES:
        raise RequestTooLargeError(f"A message is longer than {MOST_MESSAGE_BYTES} bytes.")
    return content
