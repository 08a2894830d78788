"""The folder of a run: what its keeper and its runner tell each other.

program.json   what to run, written before the keeper starts
lock           held by the keeper as long as it lives
keeper.json    its process id, written once the program runs
output         what the program prints (see `output`)
end.json       how it ended, written last
keeper.log     what the keeper itself has to say when it fails
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from outcrop.jobs.interface import End, UnknownRunError


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folder of one run."""

    path: Path

    @classmethod
    def below(cls, directory: Path, run_id: str) -> "RunFolder":
        """Return the folder of a run, which need not be there.

        Raises:
            UnknownRunError: No run has such an id.
        """
        if not run_id or run_id != Path(run_id).name:
            raise UnknownRunError(run_id)
        return cls(directory / run_id)

    @property
    def output(self) -> Path:
        """The file of what the program prints."""
        return self.path / "output"

    @property
    def log(self) -> Path:
        """The file of what the keeper says."""
        return self.path / "keeper.log"

    def read(self, name: str) -> dict[str, Any] | None:
        """Return a document, or `None` if it was not written yet."""
        try:
            text = (self.path / f"{name}.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        return cast("dict[str, Any]", json.loads(text))

    def write(self, name: str, document: Mapping[str, Any]) -> None:
        """Write a document, whole or not at all."""
        path = self.path / f"{name}.json"
        draft = path.with_suffix(".draft")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(document, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    @contextlib.contextmanager
    def locked(self) -> Generator[bool, None, None]:
        """Take the keeper's lock, if nobody holds it, and tell whether it was free."""
        number = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(number)


def as_end(document: Mapping[str, Any]) -> End:
    """Return the end of a run as it was written."""
    return End(
        reason=document["reason"],
        exit_code=document["exit_code"],
        started_at=datetime.fromtimestamp(document["started_at"], UTC),
        ended_at=datetime.fromtimestamp(document["ended_at"], UTC),
    )


def as_document(end: End) -> dict[str, Any]:
    """Return the end of a run as it is to be written."""
    return {
        "reason": end.reason,
        "exit_code": end.exit_code,
        "started_at": end.started_at.timestamp(),
        "ended_at": end.ended_at.timestamp(),
    }
