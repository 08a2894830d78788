"""Training documents on this machine's disk, for as long as a training goes on.

Texts lie in a file, a line of JSON for each; only what they are labelled with is in memory.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from outcrop.aws.user_json import read_json

BATCH = 32
"""Documents read at a time."""


class Spool:
    """Documents in the order in which they were added."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.touch()

    async def add(self, documents: Sequence[Mapping[str, Any]]) -> None:
        """Append documents, as JSON can hold them."""
        lines = "".join(json.dumps(each) + "\n" for each in documents)
        await asyncio.to_thread(self._append, lines)

    async def batches(self) -> AsyncIterator[list[Any]]:
        """Give all documents, some at a time."""
        with self._path.open(encoding="utf-8") as file:
            while batch := await asyncio.to_thread(_some, file):
                yield batch

    def _append(self, lines: str) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(lines)


def _some(file: TextIO) -> list[Any]:
    return [read_json(line) for line in islice(file, BATCH)]
