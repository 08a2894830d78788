"""Events expire."""

from pathlib import Path

import pytest

from outcrop.services.logs.retention import sweep_every_group
from tests.services.direct import ACCOUNT, Direct

NAMES = {"logGroupName": "/a", "logStreamName": "s"}


async def put(direct: Direct, message: str) -> None:
    now = int(direct.now.timestamp() * 1000)
    events = [{"timestamp": now, "message": message}]
    await direct.ask("logs", "PutLogEvents", **NAMES, logEvents=events)


async def prepare(direct: Direct) -> None:
    await direct.ask("logs", "CreateLogGroup", logGroupName="/a")
    await direct.ask("logs", "CreateLogStream", **NAMES)


async def messages(direct: Direct) -> list[str]:
    answer = await direct.ask("logs", "GetLogEvents", **NAMES)
    return [event["message"] for event in answer["events"]]


async def batches(direct: Direct) -> int:
    """How many batches are stored, seen or not."""
    scopes = await direct.backends.records.scopes(service="logs", kind="events/", account=ACCOUNT)
    return sum([await direct.backends.records.count(scope) for scope in scopes])


@pytest.mark.anyio
async def test_expired_events_are_not_seen_and_are_deleted_with_the_next_batch(
    tmp_path: Path,
) -> None:
    async with Direct.on(tmp_path) as direct:
        await prepare(direct)
        await direct.ask("logs", "PutRetentionPolicy", logGroupName="/a", retentionInDays=3)
        await put(direct, "old")
        direct.later(days=2)
        await put(direct, "young")
        direct.later(days=1, hours=2)

        seen = await messages(direct)
        kept_before = await batches(direct)
        await put(direct, "new")

        assert (seen, kept_before) == (["young"], 2)
        assert (await messages(direct), await batches(direct)) == (["young", "new"], 2)
        [group] = (await direct.ask("logs", "DescribeLogGroups"))["logGroups"]
        assert group["storedBytes"] == len("young") + len("new") + 2 * 26


@pytest.mark.anyio
async def test_a_new_policy_and_a_start_delete_what_has_expired(tmp_path: Path) -> None:
    async with Direct.on(tmp_path) as direct:
        await prepare(direct)
        await put(direct, "old")
        direct.later(days=10)

        await direct.ask("logs", "PutRetentionPolicy", logGroupName="/a", retentionInDays=7)
        by_policy = await batches(direct)
        await put(direct, "young")
        direct.later(days=8)
        await sweep_every_group(direct.backends)

        assert (by_policy, await batches(direct)) == (0, 0)


@pytest.mark.anyio
async def test_without_a_policy_events_stay(tmp_path: Path) -> None:
    async with Direct.on(tmp_path) as direct:
        await prepare(direct)
        await direct.ask("logs", "PutRetentionPolicy", logGroupName="/a", retentionInDays=1)
        await direct.ask("logs", "DeleteRetentionPolicy", logGroupName="/a")
        await put(direct, "old")
        direct.later(days=4000)

        assert await messages(direct) == ["old"]


@pytest.mark.anyio
async def test_deleted_streams_leave_no_batches(tmp_path: Path) -> None:
    async with Direct.on(tmp_path) as direct:
        await prepare(direct)
        await put(direct, "a")

        await direct.ask("logs", "DeleteLogGroup", logGroupName="/a")

        records = direct.backends.records
        left = await records.scopes(service="logs", account=ACCOUNT)
        assert [scope for scope in left if await records.count(scope)] == []
