"""An account is emptied: its records at once, its blobs soon after."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from outcrop.assembly.resetting import reset
from outcrop.gateway.registry import ServiceRegistry
from outcrop.operations import Backends, Call, Principal
from outcrop.storage.blobs.directory import DirectoryBlobStore
from outcrop.storage.records.sqlite import SqliteRecordStore

pytestmark = pytest.mark.anyio

MINE, OTHER = "111122223333", "444455556666"
LARGE = b"x" * 100_000


@pytest.fixture
async def backends(tmp_path: Path) -> AsyncIterator[Backends]:
    records = await SqliteRecordStore.open(tmp_path / "records.sqlite")
    blobs = await DirectoryBlobStore.open(tmp_path / "blobs")
    nothing: Any = None
    backends = Backends(records=records, blobs=blobs, engines=nothing, jobs=nothing, ask=nothing)
    yield backends
    await backends.background.close()
    await records.close()
    await blobs.close()


async def ask_s3(backends: Backends, account: str, operation: str, **parameters: Any) -> Any:
    call = Call(
        service="s3",
        operation=operation,
        region="us-east-1",
        principal=Principal(account=account, arn=f"arn:aws:iam::{account}:root", user_id="me"),
        request_id="request",
        backends=backends,
    )
    return await ServiceRegistry().get("s3").operations[operation].handle(call, parameters)


async def put(backends: Backends, account: str, key: str) -> None:
    bucket = f"bucket-of-{account}"
    await ask_s3(backends, account, "PutObject", Bucket=bucket, Key=key, Body=LARGE)


async def blob_ids(backends: Backends) -> set[str]:
    return {blob_id async for blob_id in backends.blobs.ids()}


async def test_the_blobs_of_an_account_go_with_it_and_no_others(backends: Backends):
    for account in (MINE, OTHER):
        await ask_s3(backends, account, "CreateBucket", Bucket=f"bucket-of-{account}")
    await put(backends, OTHER, "stays")
    others = await blob_ids(backends)
    await put(backends, MINE, "goes")
    await put(backends, MINE, "goes, too")

    await reset(ServiceRegistry(), backends, MINE, grace_seconds=0)
    await backends.background.finish()

    assert await blob_ids(backends) == others
    assert [scope.account for scope in await backends.records.scopes(account=MINE)] == []


async def test_what_is_put_after_the_reset_stays(backends: Backends):
    await ask_s3(backends, MINE, "CreateBucket", Bucket=f"bucket-of-{MINE}")
    await put(backends, MINE, "goes")
    before = await blob_ids(backends)

    await reset(ServiceRegistry(), backends, MINE, grace_seconds=0)
    await ask_s3(backends, MINE, "CreateBucket", Bucket=f"bucket-of-{MINE}")
    await put(backends, MINE, "stays")
    await backends.background.finish()

    left = await blob_ids(backends)
    assert len(left) == 1
    assert left.isdisjoint(before)


async def test_an_account_without_blobs_leaves_nothing_to_do(backends: Backends):
    await reset(ServiceRegistry(), backends, MINE)

    await backends.background.finish()
