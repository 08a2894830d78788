"""A file of lines that never grows beyond bounds: a full one is set aside, the oldest one goes."""

from io import FileIO
from pathlib import Path


class RotatingLines:
    """Appends lines to a file: `journal.jsonl`, and aside `journal.jsonl.1`, the younger first."""

    def __init__(self, path: Path, *, most_bytes: int, set_aside: int) -> None:
        """Append to a file, made by the first line.

        Args:
            path: Of the file.
            most_bytes: How long it may grow.
            set_aside: How many full files are kept.
        """
        self._path = path
        self._most_bytes = most_bytes
        self._set_aside = set_aside
        self._file: FileIO | None = None
        self._size = 0

    def append(self, line: bytes) -> None:
        """Append a line; it outlives this process when this returns."""
        data = line + b"\n"
        file = self._file or self._open()
        if self._size and self._size + len(data) > self._most_bytes:
            self._rotate()
            file = self._open()
        self._size += len(data)
        file.write(data)

    def close(self) -> None:
        """Close the file; the next line opens it again."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self) -> FileIO:
        self._file = self._path.open("ab", buffering=0)
        self._size = self._file.tell()
        return self._file

    def _rotate(self) -> None:
        self.close()
        names = [self._path, *(self._aside(number) for number in range(1, self._set_aside + 1))]
        names[-1].unlink(missing_ok=True)
        for younger, older in zip(names[-2::-1], names[:0:-1], strict=True):
            if younger.exists():
                younger.replace(older)

    def _aside(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")
