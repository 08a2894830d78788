"""The journal of requests: one line of JSON each, bounded, without secrets.

It holds who asked for which operation and what came of it. Headers and bodies, where secrets live,
are never written; a query string is kept without the values of signatures, tokens and passwords.
"""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from outcrop.gateway.rotating_lines import RotatingLines
from outcrop.gateway.settings import JournalSettings

CURRENT = "journal.jsonl"
"""The file that is written; others of a journal were set aside."""
_SECRET_PARAMETER = re.compile(
    r"((?:Signature|Security-Token|Credential|AWSAccessKeyId|WebIdentityToken|SAMLAssertion"
    r"|Password|TokenCode|AuthenticationCode[12]|customer-key)=)[^&]*",
    re.IGNORECASE,
)
"""By the ends of their names: of signatures, of what STS and IAM are told, of keys for objects."""


class JournalEntry(NamedTuple):
    """One request and its answer."""

    time: str
    """When the request came, in ISO 8601, UTC."""
    request_id: str
    client: str
    method: str
    path: str
    """Raw path and query, secrets struck out."""
    service: str
    operation: str
    account: str
    region: str
    status: int
    error: str
    """The error's code, or nothing."""
    message: str
    duration_ms: float
    """Until the last byte of the answer was handed over."""
    bytes_sent: int


logger = logging.getLogger(__name__)


def without_secrets(target: str) -> str:
    """Return a path and query with the values of signatures, tokens and passwords struck out."""
    return _SECRET_PARAMETER.sub(r"\1…", target) if "=" in target else target


class Journal:
    """Writes entries to a file beside the data, and reads them back."""

    def __init__(self, settings: JournalSettings, directory: Path) -> None:
        """Keep the journal in a directory, which is made when missing."""
        self._lines: RotatingLines | None = None
        if settings.enabled:
            directory.mkdir(parents=True, exist_ok=True)
            self._lines = RotatingLines(
                directory / CURRENT,
                most_bytes=settings.file_size_mib << 20,
                set_aside=settings.files,
            )

    def write(self, entry: JournalEntry) -> None:
        """Append an entry; what the disk does not take is lost, and no request with it."""
        if self._lines is not None:
            try:
                self._lines.append(_line(entry._asdict()))
            except OSError:
                logger.exception("The journal could not be written.")

    def close(self) -> None:
        """Close the file."""
        if self._lines is not None:
            self._lines.close()


def _line(entry: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(entry)
    except TypeError:  # Half of a surrogate pair is no text.
        return json.dumps(entry, ensure_ascii=False).encode("utf-8", "replace")


def journal_files(directory: Path) -> list[Path]:
    """Return the files of a journal, the oldest first."""
    aside = sorted(directory.glob(f"{CURRENT}.*"), key=lambda file: -int(file.suffix[1:]))
    current = directory / CURRENT
    return [*aside, *([current] if current.exists() else [])]


def read_journal(directory: Path) -> Iterator[JournalEntry]:
    """Give the entries of a journal, the oldest first; half-written lines are passed over."""
    for file in journal_files(directory):
        yield from read_entries(file)[0]


def read_entries(file: Path, position: int = 0) -> tuple[list[JournalEntry], int]:
    """Return the entries of one file from a position on, and the position behind the last one."""
    entries: list[JournalEntry] = []
    with file.open("rb") as lines:
        lines.seek(position)
        for line in lines:
            if not line.endswith(b"\n"):  # It is being written.
                break
            position += len(line)
            entries.append(JournalEntry(**json.loads(line)))
    return entries, position
