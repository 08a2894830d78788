"""What a server does when it starts, with stores that hold something already."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from outcrop.assembly.start_up import resume
from outcrop.gateway.registry import ServiceRegistry
from outcrop.operations import Backends, Service
from outcrop.storage.blobs.directory import DirectoryBlobStore
from outcrop.storage.records.interface import Create, Scope
from outcrop.storage.records.sqlite import SqliteRecordStore

ACCOUNT = "123456789012"
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)


class Registry(ServiceRegistry):
    """Remembers which services it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def get(self, name: str) -> Service:
        self.asked.add(name)
        return super().get(name)


async def start(folder: Path, *services: str) -> tuple[Registry, list[str]]:
    """Start with a blob that nobody owns and a record of each service.

    Return whom the start asked, and which blobs are left.
    """
    records = await SqliteRecordStore.open(folder / "records.sqlite")
    blobs = await DirectoryBlobStore.open(folder / "blobs", now=lambda: LONG_AGO)
    try:
        await blobs.write(b"x" * 100_000)
        for service in services:
            await records.write(
                Create(scope=Scope(ACCOUNT, "", service, "thing"), name="one", document={})
            )
        registry = Registry()
        backends = Backends(
            records=records,
            blobs=blobs,
            engines=cast("Any", None),
            jobs=cast("Any", None),
            ask=cast("Any", None),
        )
        await resume(registry, backends)
        await backends.background.finish()
        return registry, [blob_id async for blob_id in blobs.ids()]
    finally:
        await records.close()
        await blobs.close()


@pytest.mark.anyio
async def test_services_without_records_are_not_loaded(tmp_path: Path) -> None:
    registry, _ = await start(tmp_path, "sts", "ecr")

    assert registry.asked == {"sts", "ecr"}


@pytest.mark.anyio
async def test_blobs_that_nobody_owns_are_swept(tmp_path: Path) -> None:
    _, left = await start(tmp_path, "s3")

    assert left == []


@pytest.mark.anyio
async def test_nothing_is_swept_while_a_service_that_kept_records_is_missing(
    tmp_path: Path,
) -> None:
    _, left = await start(tmp_path, "s3", "from-a-package-that-is-gone")

    assert len(left) == 1
