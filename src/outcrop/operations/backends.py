"""What handlers work with; `assembly` fills it in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from outcrop.engines.chat.interface import Chat
from outcrop.storage.blobs.interface import BlobStore
from outcrop.storage.records.interface import RecordStore

if TYPE_CHECKING:
    from outcrop.engines.embeddings.interface import Embeddings
    from outcrop.operations.call import Call

Ask = Callable[["Call", str, str, dict[str, Any]], Awaitable[dict[str, Any]]]
"""Run another service's operation for a caller: (call, service, operation, parameters)."""


def utc_now() -> datetime:
    """Return the present moment, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """The abilities, one field each."""

    chat: Chat
    embeddings: "Embeddings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backends:
    """The stores and engines of one server."""

    records: RecordStore
    blobs: BlobStore
    engines: Engines
    ask: Ask
    now: Callable[[], datetime] = utc_now
