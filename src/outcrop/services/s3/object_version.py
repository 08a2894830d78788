"""One version of an object, as it is kept in records.

Documents leave out what has its default, and hold numbers, text and a very short body only: a page
of a listing reads a thousand of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, NamedTuple

from outcrop.storage.records.interface import Document

NULL_VERSION = "null"
"""The version of what was written while versioning was not enabled."""
STANDARD = "STANDARD"


class Segment(NamedTuple):
    """A piece of a body: a blob, or a record for the small ones."""

    id: str
    size: int
    """In bytes."""
    is_inline: bool = False
    """Whether it lies in a record of its own rather than in a blob."""


class PartSummary(NamedTuple):
    """What is known of a part after the upload is complete."""

    number: int
    size: int
    """In bytes."""
    checksum: str = ""
    """In base64, of the upload's algorithm."""


def _nothing() -> dict[str, Any]:
    return {}  # In a tenth of the time that `dict[str, Any]()` takes.


@dataclass(frozen=True, kw_only=True)
class ObjectVersion:
    """One version of an object: a body with all that is said of it, or a delete marker."""

    modified: int
    """Seconds since 1970; S3 knows no fractions."""
    version_id: str = NULL_VERSION
    sequence: int = 0
    """Orders the versions of a key; 0 for what was written before the bucket had versioning."""
    is_delete_marker: bool = False
    size: int = 0
    """In bytes."""
    etag: str = ""
    """Without quotes."""
    segments: Sequence[Segment] = ()
    headers: Mapping[str, str] = field(default_factory=_nothing)
    """Given back by GetObject, by the name of their member: `ContentType`, `CacheControl`."""
    metadata: Mapping[str, str] = field(default_factory=_nothing)
    checksums: Mapping[str, str] = field(default_factory=_nothing)
    """By algorithm, in base64; at most one."""
    checksum_type: str = ""
    parts: Sequence[PartSummary] = ()
    """Of a multipart upload, in order."""
    upload_id: str = ""
    """Of the multipart upload: completing it once more gives this version again."""
    tags: Sequence[Sequence[str]] = ()
    """Pairs of key and value, as they were put."""
    storage_class: str = STANDARD
    restored_until: int = 0
    """Seconds since 1970, for what lies in an archive; 0: not restored."""
    encryption: Mapping[str, Any] = field(default_factory=_nothing)
    grants: Sequence[Mapping[str, Any]] | None = None
    """Who was granted what, as in `AccessControlPolicy`; `None`: all to the owner."""
    retention: Mapping[str, str] = field(default_factory=_nothing)
    """`Mode`, and `RetainUntilDate` in ISO 8601."""
    legal_hold: str = ""
    body: bytes = b""
    """All of it, if it is so short that it has no segments; last, as stores like it."""

    @classmethod
    def of(cls, document: Document) -> "ObjectVersion":
        """Return the version that a document holds."""
        known: dict[str, Any] = dict(document)
        if "segments" in known:
            known["segments"] = [Segment(*segment) for segment in known["segments"]]
        if "parts" in known:
            known["parts"] = [PartSummary(*part) for part in known["parts"]]
        return cls(**known)

    def document(self) -> Document:
        """Return what to keep."""
        members = vars(self)
        return {name: value for name, default in _DEFAULTS if (value := members[name]) != default}

    def changed(self, **changes: Any) -> "ObjectVersion":
        """Return the version with other members."""
        # As `dataclasses.replace` does, in a tenth of its time.
        other = object.__new__(ObjectVersion)
        vars(other).update(vars(self), **changes)
        return other

    @property
    def last_modified(self) -> datetime:
        """When it was written."""
        return datetime.fromtimestamp(self.modified, UTC)

    @property
    def quoted_etag(self) -> str:
        """The ETag as S3 answers it."""
        return f'"{self.etag}"'


def _default(value: Any) -> Any:
    return value.default_factory() if value.default is MISSING else value.default


_DEFAULTS = [
    (member.name, None if member.name == "modified" else _default(member))
    for member in fields(ObjectVersion)
]
