"""Encoded sound as samples, while it comes.

FFmpeg does it, a program of its own for each stream.
"""

import asyncio
import contextlib
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import Any

from outcrop.engines.media.complaints import complaint
from outcrop.engines.workers.engine import EngineUnavailableError, RefusedInputError

INPUTS: Mapping[str, str] = {
    "ogg-opus": "ogg",
    "flac": "flac",
    "g711-ulaw": "mulaw",
    "g711-alaw": "alaw",
}
"""FFmpeg's names of the encodings."""
MISSING = 3
"""The exit status of a decoder that finds no FFmpeg."""
CHUNK_BYTES = 16 << 10


async def decoded(
    chunks: AsyncIterator[bytes], *, encoding: str, sample_rate_hz: int, channels: int
) -> AsyncGenerator[bytes, None]:
    """Give sound as int16 PCM as it is decoded; whoever reads slowly lets the sound wait.

    Args:
        chunks: The sound as it comes; what it raises is raised.
        encoding: One of `INPUTS`.
        sample_rate_hz: Of the samples; of G.711, of the sound, too.
        channels: As `sample_rate_hz`.

    Raises:
        RefusedInputError: It is damaged, or of another encoding.
        EngineUnavailableError: There is no FFmpeg.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "outcrop.engines.media.stream_decoder"),
        *(encoding, str(sample_rate_hz), str(channels)),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
    )
    writing = asyncio.ensure_future(_write(process, chunks))
    complaints = asyncio.ensure_future(_said(process))
    is_empty = True
    try:
        if process.stdout is not None:
            while samples := await process.stdout.read(CHUNK_BYTES):
                is_empty = False
                yield samples
        status = await process.wait()
        had_sound = not writing.done() or await writing
        if had_sound and (status or is_empty):
            raise _error(status, await complaints)
    finally:
        await _end(process, writing, complaints)


async def _end(process: Process, *tasks: "asyncio.Future[Any]") -> None:
    if process.returncode is None:
        process.kill()
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task
    await process.wait()


async def _write(process: Process, chunks: AsyncIterator[bytes]) -> bool:
    """Write sound to the decoder until there is no more, or the decoder has ended.

    Returns:
        Whether there was any.
    """
    given, has_sound = process.stdin, False
    if given is None:
        return False
    try:
        async for chunk in chunks:
            has_sound = True
            given.write(chunk)
            await given.drain()
    except (BrokenPipeError, ConnectionResetError):
        return True
    finally:
        given.close()
    return has_sound


async def _said(process: Process) -> bytes:
    return b"" if process.stderr is None else await process.stderr.read()


def _error(status: int | None, said: bytes) -> RefusedInputError | EngineUnavailableError:
    if status == MISSING:
        return EngineUnavailableError(said.decode(errors="replace").strip())
    return RefusedInputError("unreadable", complaint(said), {})
