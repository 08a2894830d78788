"""The main thread's work: users' code runs there, one call at a time, while another thread listens.

Libraries that want the main thread, or always the same one, get it.
"""

import asyncio
import queue
import time
import traceback
from collections.abc import AsyncGenerator, Callable
from typing import Any

from outcrop_runtime.serving.messages import Request, Response
from outcrop_runtime.serving.pieces import Pieces


class MainThread:
    """Runs what the listening thread's event loop asks for."""

    def __init__(self, answer: Callable[[Request], Response]) -> None:
        self._answer = answer
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._busy_since: float | None = None

    def run(self) -> None:
        """Serve for ever."""
        while True:
            call = self._calls.get()
            self._busy_since = time.monotonic()
            call()
            self._busy_since = None

    def busy_seconds(self) -> float:
        """Return how long the present call takes by now."""
        since = self._busy_since
        return 0.0 if since is None else time.monotonic() - since

    async def answer(self, request: Request) -> tuple[Response, AsyncGenerator[bytes, None] | None]:
        """Return an answer, and the pieces of its body if it is streamed."""
        loop = asyncio.get_running_loop()
        begun: asyncio.Future[Response] = loop.create_future()
        pieces = Pieces(loop)

        def work() -> None:
            response = self._answer(request)
            loop.call_soon_threadsafe(_set, begun, response)
            if not isinstance(response.body, bytes):
                try:
                    pieces.give(response.body)
                except Exception:  # noqa: BLE001 - users' code; the client and the log are told
                    traceback.print_exc()

        self._calls.put(work)
        response = await begun
        return response, None if isinstance(response.body, bytes) else pieces.take()


def _set(future: "asyncio.Future[Any]", value: Any) -> None:
    if not future.done():  # The client may have gone.
        future.set_result(value)
