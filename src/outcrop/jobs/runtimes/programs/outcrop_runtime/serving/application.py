"""The HTTP side of a worker: `/ping` and `/invocations`, as an ASGI application.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import aclosing
from typing import Any

from outcrop_runtime.serving.main_thread import MainThread
from outcrop_runtime.serving.messages import JSON, Request

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

OK, NOT_FOUND, METHOD_NOT_ALLOWED = 200, 404, 405
NO_TYPE = b"text/plain"


class Application:
    """Answers what SageMaker asks a container."""

    def __init__(self, work: MainThread) -> None:
        self._work = work

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        match scope["method"], scope["path"]:
            case "GET", "/ping":
                await _send(send, OK, NO_TYPE, b"")
            case "POST", "/invocations":
                await self._invoke(scope, receive, send)
            case _, "/ping" | "/invocations":
                await _send(send, METHOD_NOT_ALLOWED, NO_TYPE, b"Method not allowed\n")
            case _:
                await _send(send, NOT_FOUND, NO_TYPE, b"Not found\n")

    async def _invoke(self, scope: Message, receive: Receive, send: Send) -> None:
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        request = Request(
            body=await _body(receive),
            content_type=headers.get("content-type", JSON),
            accept=headers.get("accept", ""),
            headers=headers,
        )
        response, pieces = await self._work.answer(request)
        content_type = response.content_type.encode("latin-1", "replace")
        if pieces is None:
            await _send(send, response.status, content_type, response.body)
            return
        await send(_start(response.status, content_type))
        async with aclosing(pieces):
            async for piece in pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def _body(receive: Receive) -> bytes:
    message = await receive()
    if not message.get("more_body"):
        return message.get("body", b"")
    pieces = [message.get("body", b"")]
    while message.get("more_body"):
        message = await receive()
        pieces.append(message.get("body", b""))
    return b"".join(pieces)


def _start(status: int, content_type: bytes, length: int | None = None) -> Message:
    headers = [(b"content-type", content_type)]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    return {"type": "http.response.start", "status": status, "headers": headers}


async def _send(send: Send, status: int, content_type: bytes, body: Any) -> None:
    await send(_start(status, content_type, len(body)))
    await send({"type": "http.response.body", "body": body})
