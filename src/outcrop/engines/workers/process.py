"""One life of a worker process, from spawn to exit, seen by its parent's event loop."""

import asyncio
import collections
import contextlib
import itertools
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from outcrop.engines.workers.child_process import ChildProcess
from outcrop.engines.workers.frames import Decoder, Frame, encode

_STDERR_LINES_KEPT = 20
_LAST_FRAMES_SECONDS = 1.0
_LOG_LINE_BYTES = 1 << 20


class WorkerError(Exception):
    """A worker could not answer; the subclasses say why."""


class WorkerStartError(WorkerError):
    """The process ended, refused or stayed silent before it was ready."""


class WorkerDiedError(WorkerError):
    """The process ended while it owed an answer."""


class RemoteError(WorkerError):
    """The engine in the process refused a request: its `child.RefusedError`."""

    def __init__(self, kind: str, message: str, details: dict[str, Any]) -> None:
        super().__init__(message)
        self.kind = kind
        self.details = details


@dataclass(slots=True)
class _Answers:
    """What has come of one request."""

    frames: asyncio.Queue[Frame] = field(default_factory=asyncio.Queue[Frame])
    is_over: bool = False


class WorkerProcess(asyncio.Protocol):
    """A running worker: requests go out, frames come back, death reaches everyone who waits."""

    def __init__(
        self, *, log: Callable[[str], None], progress: Callable[[Any], None], name: str
    ) -> None:
        self._log = log
        self._progress = progress
        self._name = name
        self._ids = itertools.count()
        self._decoder = Decoder()
        self._open: dict[int, _Answers] = {}
        self._ready: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._last_lines: collections.deque[str] = collections.deque(maxlen=_STDERR_LINES_KEPT)
        self._hung_up = asyncio.Event()
        self._process: ChildProcess
        self._exited: asyncio.Task[str]
        self._endpoint: socket.socket
        self._transport: asyncio.Transport
        self._is_connected = False

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the process may still answer."""
        return not self._exited.done()

    @property
    def resident_bytes(self) -> int:
        """How much memory the process holds; 0 where the system does not tell."""
        try:
            pages = Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1]
        except OSError:
            return 0
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    async def start(self, command: Sequence[str], config: Any, *, timeout_seconds: float) -> Any:
        """Spawn the process, hand it its configuration and return what it says when ready.

        Raises:
            WorkerStartError: It was not ready in time, or ended before.
        """
        self._endpoint, theirs = socket.socketpair()
        with theirs:
            descriptor = theirs.fileno()
            self._process = ChildProcess([*command, str(descriptor)], descriptor=descriptor)
        self._endpoint.setblocking(False)
        loop = asyncio.get_running_loop()
        self._exited = loop.create_task(self._watch(), name=f"{self._name} exit")
        try:
            await loop.create_connection(lambda: self, sock=self._endpoint)
            self._transport.write(encode(Frame({"start": config})))
            async with asyncio.timeout(timeout_seconds):
                return await asyncio.shield(self._ready)
        except TimeoutError:
            reason = f"{self._name} was not ready after {timeout_seconds:g} seconds."
            raise WorkerStartError(reason) from None
        finally:
            if not self._ready.done():
                self._ready.cancel()
            if self._ready.cancelled() or self._ready.exception() is not None:
                await self.kill()

    async def call(self, value: Any, blob: bytes = b"") -> Frame:
        """Ask for something that has one answer; be cancelled to cancel it.

        Raises:
            RemoteError: The engine refused.
            WorkerDiedError: The process ended first.
            WorkerError: There was no answer.
        """
        async with self._asked({"request": value, "answers": 1}, blob) as answers:
            frame = await answers.frames.get()
            answers.is_over = True
            if "reply" not in frame.value:
                await self._end(frame.value)
                raise WorkerError(f"{self._name} ended its answer before it began.")
            return Frame(frame.value["reply"], frame.blob)

    async def request(self, value: Any, blob: bytes = b"") -> AsyncGenerator[Frame, None]:
        """Ask for something; close the iterator early to cancel.

        Raises:
            RemoteError: The engine refused.
            WorkerDiedError: The process ended first.
        """
        async with self._asked({"request": value}, blob) as answers:
            while True:
                frame = await answers.frames.get()
                if "reply" not in frame.value:
                    answers.is_over = True
                    await self._end(frame.value)
                    return
                yield Frame(frame.value["reply"], frame.blob)

    @contextlib.asynccontextmanager
    async def _asked(self, request: dict[str, Any], blob: bytes) -> AsyncGenerator["_Answers"]:
        """Send a request; cancel it at the end of the context unless it is over."""
        if not self.is_alive:
            raise WorkerDiedError(await self.died())
        request_id = next(self._ids)
        answers = self._open[request_id] = _Answers()
        self._transport.write(encode(Frame({"id": request_id, **request}, blob)))
        try:
            yield answers
        finally:
            del self._open[request_id]
            if not answers.is_over and not self._transport.is_closing():
                self._transport.write(encode(Frame({"cancel": request_id})))

    async def _end(self, value: Any) -> None:
        if "refusal" in value:
            raise RemoteError(*value["refusal"])
        if "died" in value:
            raise WorkerDiedError(await self.died())

    async def died(self) -> str:
        """Wait for the end of the process and return how it ended."""
        return await asyncio.shield(self._exited)

    async def stop(self, *, grace_seconds: float) -> None:
        """Hang up, which ends the process once it notices; kill it after the grace."""
        self._hang_up()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace_seconds):
                await self.died()
        await self.kill()

    async def kill(self) -> None:
        """End the process now and wait for its end."""
        self._process.kill()
        try:
            await self.died()
        finally:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._is_connected:
            self._transport.close()
        else:
            self._endpoint.close()

    async def _watch(self) -> str:
        async with self._process.output(limit=_LOG_LINE_BYTES) as output:
            while line := await _read_line(output):
                text = line.decode(errors="replace").rstrip()
                self._last_lines.append(text)
                self._log(text)
        reason = _describe_exit(self._name, await self._process.ended(), self._last_lines)
        # Frames that were sent before the end may still lie in the socket.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST_FRAMES_SECONDS):
                await self._hung_up.wait()
        if not self._ready.done():
            self._ready.set_exception(WorkerStartError(reason))
        for answers in self._open.values():
            answers.frames.put_nowait(Frame({"died": True}))
        return reason

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol.connection_made`."""
        self._transport = cast("asyncio.Transport", transport)
        self._is_connected = True

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol.connection_lost`."""
        self._hung_up.set()

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol.data_received`."""
        for frame in self._decoder.feed(data):
            self._take(frame)

    def _take(self, frame: Frame) -> None:
        value = frame.value
        if "id" in value:
            # One that was cancelled may still speak: nobody listens.
            if answers := self._open.get(value["id"]):
                answers.frames.put_nowait(frame)
        elif "progress" in value:
            self._progress(value["progress"])
        elif not self._ready.done():
            if "ready" in value:
                self._ready.set_result(value["ready"])
            else:
                self._ready.set_exception(WorkerStartError(value["failed"]))


async def _read_line(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.readline()
    except ValueError:  # Longer than any log line should be: take what there is.
        return await stream.read(_LOG_LINE_BYTES)


def _describe_exit(name: str, returncode: int, last_lines: Sequence[str]) -> str:
    if returncode < 0:
        how = f"was killed by {signal.Signals(-returncode).name}"
    else:
        how = f"ended with status {returncode}"
    said = "; its last words: " + "\n".join(last_lines) if last_lines else ""
    return f"{name} {how}{said}"


def python(module: str) -> list[str]:
    """Return the command that runs a module in a fresh interpreter like this one."""
    return [sys.executable, "-X", "faulthandler", "-m", module]
