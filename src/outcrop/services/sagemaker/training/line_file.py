"""The lines of a file in any order: where they begin is all that is kept in memory."""

import random
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path


class LineFile:
    """A file of lines that does not change."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._starts = array("Q")
        start = 0
        with path.open("rb") as file:
            for line in file:
                if line.strip():
                    self._starts.append(start)
                start += len(line)

    def __len__(self) -> int:
        """The number of lines that are not blank."""
        return len(self._starts)

    def lines(self, *, seed: str = "", part: int = 0, parts: int = 1) -> Iterator[bytes]:
        """Give the lines of one part of several.

        Args:
            seed: Decides on their order; empty: as they are in the file.
            part: Which one, from 0.
            parts: Each line is in one of so many.
        """
        with self._path.open("rb") as file:
            for start in self._order(seed)[part::parts]:
                file.seek(start)
                yield file.readline().strip()

    def _order(self, seed: str) -> Sequence[int]:
        if not seed:
            return self._starts
        shuffled = array("Q", self._starts)
        random.Random(seed).shuffle(shuffled)  # noqa: S311 - whoever knows the seed knows the order
        return shuffled
