"""What a script prints, in whole lines: AWS's toolkit prints each piece that comes as a line."""

from typing import Protocol

LONGEST_LINE = 1 << 20
"""A longer one is passed on before it ends."""


class Stream(Protocol):
    """What an output of a child process is read from."""

    async def read(self, n: int) -> bytes:
        """Return up to `n` bytes, none at the end."""
        ...


class WholeLines:
    """A stream whose pieces end where lines do."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._begun = b""

    async def read(self, n: int) -> bytes:
        """Return one or more whole lines; at the end, what is left."""
        while True:
            piece = await self._stream.read(n)
            whole, newline, begun = piece.rpartition(b"\n")
            if newline or not piece or len(self._begun) > LONGEST_LINE:
                given, self._begun = self._begun + whole + newline, begun
                return given
            self._begun += piece
