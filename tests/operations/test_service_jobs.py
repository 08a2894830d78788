"""Jobs that services do themselves."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from outcrop.engines.workers.engine import EngineUnavailableError
from outcrop.operations import Call, Principal
from outcrop.operations.event_delivery import outbox, queued
from outcrop.operations.service_jobs import (
    JobFailedError,
    JobFamily,
    JobStates,
    ServiceJob,
    resume,
    stop,
    submit,
)
from outcrop.storage.records.interface import RecordExistsError, Write
from tests.services.direct import ACCOUNT, Direct

pytestmark = pytest.mark.anyio

STATES = JobStates(
    waiting="SUBMITTED",
    working="IN_PROGRESS",
    done="COMPLETED",
    failed="FAILED",
    stopping="STOP_REQUESTED",
    stopped="STOPPED",
)


class Work:
    """Counts how often it was begun, and ends when it is let."""

    def __init__(self) -> None:
        self.begun = 0
        self.begins = asyncio.Event()
        self.may_end = asyncio.Event()
        self.ended: list[str] = []

    async def __call__(self, job: ServiceJob) -> Mapping[str, Any]:
        self.begun += 1
        self.begins.set()
        await job.note(half="way")
        await self.may_end.wait()
        return {"length": len(job.document["text"])}

    async def on_end(self, job: ServiceJob) -> None:
        self.ended.append(job.document["status"])

    def family(self) -> JobFamily:
        return JobFamily(
            service="comprehend",
            kind="entities-detection-job",
            operation="StartEntitiesDetectionJob",
            states=STATES,
            work=self,
            on_end=self.on_end,
            at_once=1,
        )


@pytest.fixture
async def direct(tmp_path: Path) -> AsyncIterator[Direct]:
    async with Direct.on(tmp_path) as direct:
        yield direct
        await direct.backends.background.close()


def a_call(direct: Direct) -> Call:
    return Call(
        service="comprehend",
        operation="StartEntitiesDetectionJob",
        region="us-east-1",
        principal=Principal(account=ACCOUNT, arn=f"arn:aws:iam::{ACCOUNT}:root", user_id=ACCOUNT),
        request_id="request",
        backends=direct.backends,
    )


async def document(direct: Direct, family: JobFamily, job_id: str) -> dict[str, Any]:
    record = await direct.backends.records.get(family.scope(a_call(direct)), job_id)
    return record.document


async def test_a_job_ends_with_what_its_work_returns(direct: Direct):
    work = Work()
    work.may_end.set()

    await submit(a_call(direct), work.family(), "one", {"text": "abc"})
    await direct.backends.background.finish()

    told = await document(direct, work.family(), "one")
    assert (told["status"], told["length"], told["half"]) == ("COMPLETED", 3, "way")
    assert told["created"] == told["started"] == told["ended"] == direct.now
    assert work.ended == ["COMPLETED"]


async def test_the_news_of_a_jobs_end_is_written_with_it(direct: Direct):
    work = Work()
    work.may_end.set()
    scope = outbox(ACCOUNT, "comprehend")

    def news(job: ServiceJob, ended: Mapping[str, Any]) -> Sequence[Write]:
        message = {"id": job.id, "status": ended["status"], "before": job.document["status"]}
        return (queued(scope, "first", "arn:aws:sns:us-east-1:123456789012:news", message),)

    family = replace(work.family(), news=news)
    await submit(a_call(direct), family, "one", {"text": "abc"})
    await direct.backends.background.finish()

    event = await direct.backends.records.get(scope, "first")
    assert event.document["message"] == {
        "id": "one",
        "status": "COMPLETED",
        "before": "IN_PROGRESS",
    }


async def test_a_token_begins_one_job_and_an_id_is_taken_once(direct: Direct):
    work = Work()
    work.may_end.set()
    family = work.family()

    one = await submit(a_call(direct), family, "one", {"text": "abc"}, token="t")
    again = await submit(a_call(direct), family, "two", {"text": "abc"}, token="t")
    with pytest.raises(RecordExistsError):
        await submit(a_call(direct), family, "one", {"text": "abc"})
    await direct.backends.background.finish()

    assert (again.name, again.version >= one.version, work.begun) == ("one", True, 1)


@pytest.mark.parametrize("error", [JobFailedError("no text"), EngineUnavailableError("no text")])
async def test_a_job_that_cannot_go_on_fails_with_the_reason(direct: Direct, error: Exception):
    async def fail(_job: ServiceJob) -> Mapping[str, Any]:
        raise error

    family = JobFamily(service="comprehend", kind="k", operation="Start", states=STATES, work=fail)
    await submit(a_call(direct), family, "one", {})
    await direct.backends.background.finish()

    told = await document(direct, family, "one")
    assert (told["status"], told["message"]) == ("FAILED", "no text")


async def test_a_job_at_work_is_stopped_and_one_that_waits_does_not_begin(direct: Direct):
    work = Work()
    family = work.family()
    one = await submit(a_call(direct), family, "one", {"text": "abc"})
    two = await submit(a_call(direct), family, "two", {"text": "abc"})
    await work.begins.wait()

    assert (await stop(a_call(direct), family, two)).document["status"] == "STOP_REQUESTED"
    assert (await stop(a_call(direct), family, one)).document["status"] == "STOP_REQUESTED"
    await direct.backends.background.finish()

    for name in ("one", "two"):
        assert (await document(direct, family, name))["status"] == "STOPPED"
    assert work.begun == 1
    assert work.ended == ["STOPPED", "STOPPED"]
    ended = await direct.backends.records.get(one.scope, "one")
    assert (await stop(a_call(direct), family, ended)).document["status"] == "STOPPED"


class Steps:
    """Does a first step, waits in the second, and saves, slowly, what was done."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.saved: list[list[str]] = []
        self.waits = asyncio.Event()
        self.saves = asyncio.Event()
        self.may_save = asyncio.Event()

    async def __call__(self, job: ServiceJob) -> Mapping[str, Any]:
        await job.until_stopped(self._steps())
        self.saves.set()
        await self.may_save.wait()
        self.saved.append(self.done)
        return {}

    async def _steps(self) -> None:
        self.done.append("first")
        self.waits.set()
        await asyncio.Event().wait()


def in_steps(work: Steps) -> JobFamily:
    return JobFamily(service="comprehend", kind="k", operation="Start", states=STATES, work=work)


async def test_work_may_save_what_it_has_done_when_it_is_stopped_however_often(direct: Direct):
    work = Steps()
    family = in_steps(work)
    one = await submit(a_call(direct), family, "one", {})
    await work.waits.wait()

    await stop(a_call(direct), family, one)
    await work.saves.wait()
    again = await stop(a_call(direct), family, one)
    work.may_save.set()
    await direct.backends.background.finish()

    assert again.document["status"] == "STOP_REQUESTED"
    assert work.saved == [["first"]]
    assert (await document(direct, family, "one"))["status"] == "STOPPED"


async def test_a_server_that_shuts_down_lets_no_work_save(direct: Direct):
    work = Steps()
    work.may_save.set()
    family = in_steps(work)
    await submit(a_call(direct), family, "one", {})
    await work.waits.wait()

    await direct.backends.background.close()

    assert not work.saves.is_set()
    assert (await document(direct, family, "one"))["status"] == "IN_PROGRESS"


async def test_a_new_server_goes_on_with_what_had_not_ended(direct: Direct):
    work = Work()
    family = work.family()
    await submit(a_call(direct), family, "one", {"text": "abc"})
    two = await submit(a_call(direct), family, "two", {"text": "abc"})
    await work.begins.wait()
    await direct.backends.background.close()
    await stop(a_call(direct), family, two)
    await direct.backends.background.close()

    work.may_end.set()
    await resume(direct.backends, family)
    await direct.backends.background.finish()

    assert (await document(direct, family, "one"))["status"] == "COMPLETED"
    assert (await document(direct, family, "two"))["status"] == "STOPPED"
    assert work.begun == 2
