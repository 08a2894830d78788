"""Samples encoded as they are made, by FFmpeg between two pipes."""

import resource
import subprocess
import threading
from collections.abc import Generator, Iterator, Sequence
from typing import IO

import numpy as np
import numpy.typing as npt

from outcrop.engines.media.ffmpeg import ENCODINGS, QUIET, FfmpegLimits, executable
from outcrop.engines.text_to_speech.interface import Encoding
from outcrop.engines.workers.child import RefusedError

CHUNK_BYTES = 1 << 16
BARE = ("-write_id3v1", "0", "-id3v2_version", "0", "-write_xing", "0", "-b:a", "64k")
"""MP3 without tags, whose length nobody knows when it begins."""


class _Feeder(threading.Thread):
    """Writes samples to the encoder; keeps what stopped it."""

    def __init__(self, pieces: Iterator[npt.NDArray[np.float32]], target: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self._pieces = pieces
        self._target = target
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            with self._target as target:
                for piece in self._pieces:
                    target.write(piece.astype("<f4").tobytes())
                    target.flush()
        except BaseException as error:  # noqa: BLE001 - the thread that reads raises it
            self.error = error


def encoded(
    pieces: Iterator[npt.NDArray[np.float32]], *, sample_rate: int, encoding: Encoding
) -> Generator[bytes, None, None]:
    """Give encoded sound while the samples come.

    Args:
        pieces: float32 in -1..1, (samples,) each; read in another thread.
        sample_rate: Of them, in Hz.
        encoding: What they become.

    Raises:
        RefusedError: The encoder fails.
        Exception: What `pieces` raised.
    """
    process = subprocess.Popen(  # noqa: S603 - no shell
        _command(sample_rate, encoding),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin  # noqa: S101 - a pipe, as asked for
    assert process.stdout  # noqa: S101 - a pipe, as asked for
    limit = FfmpegLimits().memory_bytes
    resource.prlimit(process.pid, resource.RLIMIT_AS, (limit, limit))
    feeder = _Feeder(pieces, process.stdin)
    feeder.start()
    try:
        while chunk := process.stdout.read1(CHUNK_BYTES):  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType] - buffered, as asked for
            yield chunk
        feeder.join()
        if feeder.error is not None and not isinstance(feeder.error, BrokenPipeError):
            raise feeder.error
        if process.wait() != 0:
            raise RefusedError("encoding", f"FFmpeg ended with status {process.returncode}.")
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def _command(sample_rate: int, encoding: Encoding) -> Sequence[str]:
    return [
        executable(), *QUIET, "-f", "f32le", "-ar", str(sample_rate), "-ac", "1", "-i", "pipe:0",
        "-ar", str(encoding.sample_rate), *ENCODINGS[encoding.name],
        *(BARE if encoding.name == "mp3" else ()), "-flush_packets", "1", "pipe:1",
    ]  # fmt: skip
