"""What every blob store promises.

A blob is written once, whole or not at all, and never changed; its id is the store's own. When a
write returns, the blob is durable. Who keeps the id in a record owns the blob; blobs that no record
names are swept at start-up.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Blob:
    """A body of bytes in a store."""

    id: str
    size: int
    """In bytes."""


class BlobNotFoundError(Exception):
    """No blob has this id."""


class BlobStore(Protocol):
    """Keeps blobs."""

    async def write(self, chunks: AsyncIterator[bytes] | bytes) -> Blob:
        """Store a body, never holding more than a chunk of it, and return it.

        An error raised by the iterator leaves nothing behind.
        """
        ...

    def read(
        self, blob_id: str, *, start: int = 0, stop: int | None = None
    ) -> AsyncIterator[bytes]:
        """Give the bytes from `start` up to `stop` (excluded; `None`: to the end) in chunks.

        A reading that has begun ends well, even when the blob is deleted meanwhile.

        Raises:
            BlobNotFoundError: At the first chunk, when there is no such blob.
        """
        ...

    async def join(self, blob_ids: Sequence[str]) -> Blob:
        """Store the bodies of several blobs, one after the other, as a new blob.

        The new blob stands for itself: its sources may be deleted. Joining a single blob copies it.
        Cheap where the store can share bytes.

        Raises:
            BlobNotFoundError: One of them is not there; then nothing is stored.
        """
        ...

    def path(self, blob_id: str) -> Path | None:
        """Return the file that holds exactly this blob, or `None` if the store has no such file."""
        ...

    async def delete(self, blob_id: str) -> None:
        """Delete a blob; deleting one that is gone is no error."""
        ...

    def ids(self, *, written_before: datetime | None = None) -> AsyncIterator[str]:
        """Give the ids of all blobs, or of those written before a moment, in no order.

        The moment of a blob is somewhere between the first and the last of its bytes.
        """
        ...

    async def close(self) -> None:
        """Let go of files and connections."""
        ...
