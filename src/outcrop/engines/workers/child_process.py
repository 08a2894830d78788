"""A child process as its parent's event loop sees it: what it writes, and its end.

asyncio's own may wait for ever for the end of a process whose start was cancelled, as the shutdown
of a loop does.

Source: https://github.com/python/cpython/issues/125502, mended in later versions than we run on
"""

import asyncio
import contextlib
import os
import subprocess
import threading
from collections.abc import AsyncGenerator, Sequence


class ChildProcess:
    """A process that was started; a thread waits for its end, so that it never stays a zombie."""

    def __init__(self, command: Sequence[str], *, descriptor: int) -> None:
        """Start it.

        Args:
            command: The program and its arguments.
            descriptor: Of a file that it inherits.
        """
        self._output, theirs = os.pipe()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - a command of our own
                command,
                pass_fds=(descriptor,),
                stdin=subprocess.DEVNULL,
                stdout=theirs,
                stderr=subprocess.STDOUT,
            )
        except OSError:
            os.close(self._output)
            raise
        finally:
            os.close(theirs)
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[int] = self._loop.create_future()
        threading.Thread(target=self._wait, name=f"end of {self.pid}", daemon=True).start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def kill(self) -> None:
        """End it now, unless it has ended."""
        self._process.kill()

    async def ended(self) -> int:
        """Wait for its end and return its exit status, or the signal as a negative number."""
        return await asyncio.shield(self._ended)

    @contextlib.asynccontextmanager
    async def output(self, *, limit: int) -> AsyncGenerator[asyncio.StreamReader, None]:
        """Give what it writes to stdout and stderr; to be asked for once.

        Args:
            limit: Of the length of lines, in bytes.
        """
        reader = asyncio.StreamReader(limit)
        transport, _ = await self._loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(self._output, "rb", buffering=0)
        )
        try:
            yield reader
        finally:
            transport.close()

    def _wait(self) -> None:
        status = self._process.wait()
        with contextlib.suppress(RuntimeError):  # The loop was closed: nobody waits.
            self._loop.call_soon_threadsafe(self._note, status)

    def _note(self, status: int) -> None:
        if not self._ended.done():
            self._ended.set_result(status)
