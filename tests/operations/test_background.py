"""Work beside requests."""

import asyncio
import logging

import pytest

from outcrop.operations.backends import Backends
from outcrop.operations.background import MOST_FAILURES, Background, call_without_request
from outcrop.storage.records.interface import RecordsUnavailableError
from tests.services.direct import ACCOUNT

pytestmark = pytest.mark.anyio


class Work:
    """Counts how often it was begun, and ends when it is let."""

    def __init__(self) -> None:
        self.begun = 0
        self.may_end = asyncio.Event()

    async def __call__(self) -> None:
        self.begun += 1
        await self.may_end.wait()


async def test_a_task_of_a_name_is_begun_once() -> None:
    background, work = Background(), Work()

    background.start("job", work)
    background.start("job", work)
    await asyncio.sleep(0)
    work.may_end.set()
    await background.finish()

    assert work.begun == 1
    assert not background.is_running("job")


async def test_a_woken_task_runs_once_more_for_what_came_while_it_ran() -> None:
    background, work = Background(), Work()

    background.wake("queue", work)
    await asyncio.sleep(0)
    background.wake("queue", work)
    background.wake("queue", work)
    work.may_end.set()
    await background.finish()

    assert work.begun == 2


async def test_a_cancelled_task_is_not_begun_again() -> None:
    background, work = Background(), Work()
    background.wake("queue", work)
    await asyncio.sleep(0)
    background.wake("queue", work)

    background.cancel("queue")
    background.cancel("nothing of this name")
    await background.finish()

    assert work.begun == 1


async def test_closing_interrupts_what_is_at_work() -> None:
    background, work = Background(), Work()
    background.start("job", work)
    await asyncio.sleep(0)

    await background.close()

    assert not background.is_running("job")


async def test_a_failure_that_lasts_is_given_up_and_logged_under_the_task_s_name(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail() -> None:
        raise ValueError("no such luck")

    background = Background(first_wait_seconds=0.001)
    with caplog.at_level(logging.ERROR):
        background.start("job", fail)
        await background.finish()

    assert [record.getMessage() for record in caplog.records] == ["The background task job failed."]


async def test_work_goes_on_after_a_failure_that_nobody_foresaw(
    caplog: pytest.LogCaptureFixture,
) -> None:
    begun: list[int] = []

    async def work() -> None:
        begun.append(len(begun))
        if len(begun) < MOST_FAILURES:
            raise ValueError(f"bad luck {len(begun)}")

    background = Background(first_wait_seconds=0.001)
    background.start("job", work)
    await background.finish()

    assert len(begun) == MOST_FAILURES
    assert [record.getMessage() for record in caplog.records] == [
        f"The background task job goes on in {0.001 * 2**number} s: bad luck {number + 1}"
        for number in range(MOST_FAILURES - 1)
    ]


async def test_work_goes_on_when_the_database_answers_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answers = iter((False, False, True))
    begun: list[bool] = []

    async def work() -> None:
        begun.append(next(answers))
        if not begun[-1]:
            raise RecordsUnavailableError("PostgreSQL does not answer")

    background = Background(first_wait_seconds=0.01)
    background.start("job", work)
    await background.finish()

    assert begun == [False, False, True]
    assert [record.getMessage() for record in caplog.records] == [
        f"The background task job goes on in {seconds} s: PostgreSQL does not answer"
        for seconds in (0.01, 0.02)
    ]


async def test_work_that_waits_for_the_database_can_be_cancelled() -> None:
    tried = asyncio.Event()

    async def work() -> None:
        tried.set()
        raise RecordsUnavailableError("PostgreSQL does not answer")

    background = Background(first_wait_seconds=60)
    background.start("job", work)
    await tried.wait()
    background.cancel("job")
    await background.finish()

    assert not background.is_running("job")


async def test_a_call_without_request_acts_in_a_role_or_as_the_root() -> None:
    nothing: Backends = None  # type: ignore[assignment]  # never asked for here

    def arn(role: str) -> str:
        call = call_without_request(
            nothing,
            service="bedrock",
            operation="CreateModelInvocationJob",
            account=ACCOUNT,
            region="eu-west-3",
            role=role,
        )
        assert (call.account, call.region, call.headers) == (ACCOUNT, "eu-west-3", {})
        return call.principal.arn

    assert arn("") == f"arn:aws:iam::{ACCOUNT}:root"
    assert arn(f"arn:aws:iam::{ACCOUNT}:role/team/batch") == (
        f"arn:aws:sts::{ACCOUNT}:assumed-role/batch/bedrock"
    )


async def test_what_comes_instead_begins_when_the_interrupted_task_has_cleaned_up() -> None:
    background, cleaning, done = Background(), asyncio.Event(), list[str]()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await cleaning.wait()
            done.append("cleaned")

    async def instead() -> None:
        done.append("instead")

    background.start("job", work)
    await asyncio.sleep(0)
    background.start_instead("job/end", instead, of="job")
    background.cancel("job")
    await asyncio.sleep(0)
    cleaning.set()
    await background.finish()

    assert done == ["cleaned", "instead"]
