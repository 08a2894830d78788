"""What a program prints, as its keeper writes it to a file: a line each, with its time.

A line of the file is 13 digits (milliseconds since 1970), a space, the bytes and a line feed. Only
whole lines are written, so that every reader finds the same ones.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from outcrop.jobs.interface import Line

STAMP_BYTES = 14
LONGEST_LINE_BYTES = 256 * 1024
"""A longer one is cut into several."""
DROPPED = b"The output is longer than is kept; the rest is dropped."


class OutputWriter:
    """Cuts what comes from a pipe into lines, and keeps as much as is allowed."""

    def __init__(self, file: BinaryIO, *, most_bytes: int) -> None:
        self._file = file
        self._left = most_bytes
        self._rest = b""

    def write(self, data: bytes) -> None:
        """Keep the lines that are whole."""
        *lines, rest = (self._rest + data).split(b"\n")
        while len(rest) > LONGEST_LINE_BYTES:
            lines.append(rest[:LONGEST_LINE_BYTES])
            rest = rest[LONGEST_LINE_BYTES:]
        self._rest = rest
        self._keep(lines)

    def close(self) -> None:
        """Keep what is left, though no line feed came."""
        self._keep([self._rest] if self._rest else [])
        self._rest = b""
        self._file.close()

    def _keep(self, lines: list[bytes]) -> None:
        stamp = b"%013d " % (time.time_ns() // 1_000_000)
        pieces: list[bytes] = []
        for line in lines:
            if self._left <= 0:
                break
            self._left -= len(line) + 1
            pieces += (stamp, line if self._left > 0 else DROPPED, b"\n")
        if pieces:
            self._file.write(b"".join(pieces))
            self._file.flush()


def lines_of(data: bytes, *, offset: int) -> Iterator[Line]:
    """Give the whole lines of a piece of the file.

    Args:
        data: The bytes from a line's beginning on.
        offset: Where in the file that is.
    """
    *lines, _ = data.split(b"\n")
    for line in lines:
        offset += len(line) + 1
        moment = datetime.fromtimestamp(int(line[: STAMP_BYTES - 1]) / 1000, UTC)
        yield Line(moment, line[STAMP_BYTES:].decode(errors="replace"), offset)
