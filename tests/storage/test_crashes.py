"""What was acknowledged outlives kill -9, of the client and of the database."""

import hashlib
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

import pytest

from outcrop.storage.blobs.directory import DirectoryBlobStore
from outcrop.storage.blobs.interface import BlobStore
from outcrop.storage.records.interface import RecordStore, Scope
from outcrop.storage.records.postgres import PostgresRecordStore

pytestmark = pytest.mark.anyio

OpenRecords: TypeAlias = Callable[[], Awaitable[RecordStore]]

CHILD = Path(__file__).with_name("crash_child.py")
LEFT = Scope("123456789012", "", "crash", "left")
RIGHT = Scope("123456789012", "", "crash", "right")


def start_child(place: str, directory: Path, seed: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(CHILD), place, str(directory), str(seed)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def acknowledged_before_kill(
    place: str, directory: Path, *, seed: int, enough: int, kill: Callable[[], None] | None = None
) -> list[str]:
    """Let a child write until some writes are acknowledged, and kill it amid the next ones."""
    with start_child(place, directory, seed) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(enough)]
        if kill is None:
            child.kill()
        else:
            kill()
        # What the pipe still holds was acknowledged too; a line that is cut off was not.
        lines += [line for line in child.stdout if line.endswith("\n")]
        child.kill()
    return [line.strip() for line in lines]


async def content(blobs: BlobStore, blob_id: str) -> bytes:
    return b"".join([chunk async for chunk in blobs.read(blob_id)])


async def list_all(records: RecordStore, scope: Scope) -> dict[str, Any]:
    return {record.name: record.document for record in await records.list(scope, limit=1_000_000)}


def is_within(some: dict[str, Any], more: dict[str, Any]) -> bool:
    return some == {name: document for name, document in more.items() if name in some}


async def check(records: RecordStore, directory: Path, acknowledged: list[str]) -> None:
    """Assert that all that was acknowledged is there, and nothing by halves."""
    blobs = await DirectoryBlobStore.open(directory)
    assert list((directory / "unfinished").iterdir()) == []
    # PostgreSQL may still be at work on what the dead client sent last: a pair that appears
    # between two lists is in the later one.
    left = await list_all(records, LEFT)
    right = await list_all(records, RIGHT)
    assert is_within(left, right)
    left = await list_all(records, LEFT)
    assert is_within(right, left)
    named = {document["blob"] for document in left.values()}
    there = {blob_id async for blob_id in blobs.ids()}
    assert named <= there
    for name, blob_id, sha256 in map(str.split, acknowledged):
        assert left[name] == {"blob": blob_id, "sha256": bytes.fromhex(sha256)}
        (record,) = await records.list(LEFT, index=("blob", blob_id))
        assert record.name == name
        body = await content(blobs, blob_id)
        assert int.from_bytes(body[:8], "big") == len(body)
        assert hashlib.sha256(body).hexdigest() == sha256
    for orphan in there - named:
        await content(blobs, orphan)
    await blobs.close()


async def crash_until(
    open_records: OpenRecords, place: str, directory: Path, *, writes: int, at_most: int
) -> None:
    random = Random(4566)
    acknowledged: list[str] = []
    while len(acknowledged) < writes:
        enough = random.randint(1, at_most)
        seed = len(acknowledged)
        latest = acknowledged_before_kill(place, directory, seed=seed, enough=enough)
        acknowledged += latest
        records = await open_records()
        await check(records, directory, latest)
        await records.close()
    records = await open_records()
    await check(records, directory, acknowledged)
    await records.close()


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The database of `open_records`, as the child wants it."""
    if request.node.callspec.params["open_records"] == "sqlite":
        return str(tmp_path / "records.sqlite")
    return request.getfixturevalue("postgres_url")


async def test_acknowledged_writes_outlive_the_process(
    open_records: OpenRecords, place: str, tmp_path: Path
):
    await crash_until(open_records, place, tmp_path / "blobs", writes=300, at_most=150)


@pytest.mark.slow
async def test_ten_thousand_acknowledged_writes_outlive_the_process(
    open_records: OpenRecords, place: str, tmp_path: Path
):
    await crash_until(open_records, place, tmp_path / "blobs", writes=10_000, at_most=400)


async def test_acknowledged_writes_outlive_the_database_server(
    postgres: Any, postgres_url: str, tmp_path: Path
):
    acknowledged = acknowledged_before_kill(
        postgres_url,
        tmp_path / "blobs",
        seed=1,
        enough=100,
        kill=postgres.kill,
    )
    postgres.start_again()

    records = await PostgresRecordStore.open(postgres_url)

    await check(records, tmp_path / "blobs", acknowledged)
    await records.close()
