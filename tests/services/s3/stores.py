"""S3's handlers on real stores, without a server between."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from outcrop.operations import Backends, Call, Principal
from outcrop.services.s3 import SERVICE
from outcrop.storage.blobs.directory import DirectoryBlobStore
from outcrop.storage.records.sqlite import SqliteRecordStore

ACCOUNT = "111122223333"


class Handlers:
    """Calls S3's operations by name: `await handlers("PutObject", Bucket=…)`."""

    def __init__(self, backends: Backends) -> None:
        self.backends = backends

    def call(self, operation: str) -> Call:
        """Return what a handler of an operation is given."""
        return Call(
            service="s3",
            operation=operation,
            region="us-east-1",
            principal=Principal(account=ACCOUNT, arn=f"arn:aws:iam::{ACCOUNT}:root", user_id="me"),
            request_id="request",
            backends=self.backends,
        )

    async def __call__(self, operation: str, **parameters: Any) -> Any:
        return await SERVICE.operations[operation].handle(self.call(operation), parameters)


@asynccontextmanager
async def handlers(folder: Path, *, webhook_url: str = "") -> AsyncIterator[Handlers]:
    """Open stores in a folder and give S3's handlers on them."""

    async def ask(*_: Any) -> dict[str, Any]:
        raise AssertionError("S3 asks no other service")

    records = await SqliteRecordStore.open(folder / "records.sqlite")
    blobs = await DirectoryBlobStore.open(folder / "blobs")
    engines: Any = None
    backends = Backends(
        records=records,
        blobs=blobs,
        engines=engines,
        jobs=engines,
        ask=ask,
        webhook_url=webhook_url,
    )
    try:
        yield Handlers(backends)
    finally:
        await backends.background.close()
        await records.close()
        await blobs.close()
