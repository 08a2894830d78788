"""What befalls batch jobs: full models, faults, ends of time and of servers."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from outcrop.aws.errors import ThrottlingError
from outcrop.operations import Call
from outcrop.operations.backends import BedrockRequestSettings
from outcrop.operations.objects import Objects
from outcrop.services.bedrock.batch.run import resume
from tests.services.direct import ACCOUNT, Direct

pytestmark = pytest.mark.anyio

Answer = Callable[[int], dict[str, Any]]


class WithModel(Direct):
    """Has, in place of a model, what a test says; every other service is the real one."""

    answers: Answer = staticmethod(lambda number: {"number": number})
    asked: list[int]

    async def _ask(
        self, call: Call, service: str, operation: str, parameters: dict[str, Any]
    ) -> dict[str, Any]:
        if service != "bedrock-runtime":
            return await super()._ask(call, service, operation, parameters)
        number = json.loads(parameters["body"])["number"]
        self.asked.append(number)
        answer = self.answers(number)
        if not answer:
            await asyncio.Event().wait()
        return {"body": json.dumps(answer).encode()}

    async def submit(self, *numbers: int) -> str:
        """Begin a job with a record for each number."""
        self.asked = []
        lines = [json.dumps({"recordId": str(it), "modelInput": {"number": it}}) for it in numbers]
        await self.ask("s3", "CreateBucket", Bucket="batch")
        await Objects(self.ask).write("batch", "a.jsonl", "\n".join(lines).encode())
        answer = await self.ask(
            "bedrock",
            "CreateModelInvocationJob",
            jobName="job",
            roleArn="arn:aws:iam::123456789012:role/batch",
            modelId="anthropic.claude-v2",
            inputDataConfig={"s3InputDataConfig": {"s3Uri": "s3://batch/a.jsonl"}},
            outputDataConfig={"s3OutputDataConfig": {"s3Uri": "s3://batch/out"}},
        )
        return str(answer["jobArn"])

    async def job(self, arn: str) -> dict[str, Any]:
        """Return the job, once nothing is at work."""
        await self.backends.background.finish()
        return await self.ask("bedrock", "GetModelInvocationJob", jobIdentifier=arn)

    async def restart(self, *, after_hours: float = 0) -> None:
        """End the server while its jobs are at work, and start it anew."""
        await self.backends.background.close()
        self.later(hours=after_hours)
        await resume(self.backends)

    async def output(self, arn: str) -> list[Any]:
        """Return the lines of the output file."""
        key = f"out/{arn.rpartition('/')[2]}/a.jsonl.out"
        text = await Objects(self.ask).read("batch", key)
        return [json.loads(line) for line in text.splitlines()]

    async def kinds(self) -> set[str]:
        """Return the kinds of records that Bedrock keeps."""
        scopes = await self.backends.records.scopes(service="bedrock")
        return {scope.kind.partition("/")[0] for scope in scopes}


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[WithModel]:
    async with WithModel.on(folder) as direct:
        assert isinstance(direct, WithModel)
        yield direct


async def until_processed(direct: WithModel, arn: str, *, asked: int, kept: int) -> None:
    """Let a job go on until it has asked for and kept so many answers."""
    for _ in range(10_000):
        job = await direct.ask("bedrock", "GetModelInvocationJob", jobIdentifier=arn)
        if (len(direct.asked), job["processedRecordCount"]) == (asked, kept):
            return
        await asyncio.sleep(0.001)
    raise AssertionError(f"asked for {direct.asked} only, or kept too few")


async def test_a_record_is_tried_again_until_the_model_has_room(tmp_path: Path) -> None:
    def answer(number: int) -> dict[str, Any]:
        if direct.asked.count(number) == 1:
            raise ThrottlingError("Too many requests.")
        return {"number": number}

    async with opened(tmp_path) as direct:
        direct.answers = answer

        arn = await direct.submit(1, 2)

        assert (await direct.job(arn))["successRecordCount"] == 2
        assert sorted(direct.asked) == [1, 1, 2, 2]


async def test_a_fault_of_ours_is_one_record_s_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def answer(number: int) -> dict[str, Any]:
        return {"half": 1 / number}

    async with opened(tmp_path) as direct:
        direct.answers = answer

        with caplog.at_level(logging.ERROR):
            arn = await direct.submit(0, 1)
            job = await direct.job(arn)

        assert (job["status"], job["errorRecordCount"]) == ("Completed", 1)
        assert (await direct.output(arn))[0] == {
            "recordId": "0",
            "modelInput": {"number": 0},
            "error": {"errorCode": 500, "errorMessage": "The record could not be processed."},
        }
        assert [it.getMessage() for it in caplog.records] == [
            "Record 0 of a batch met a fault of ours."
        ]


async def test_no_record_is_asked_again_after_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as direct:
        direct.answers = lambda number: {"number": number} if number < 3 else {}
        arn = await direct.submit(1, 2, 3, 4)
        await until_processed(direct, arn, asked=4, kept=2)
        direct.asked.clear()
        direct.answers = lambda number: {"number": number}

        await direct.restart()
        job = await direct.job(arn)

        assert sorted(direct.asked) == [3, 4]
        assert (job["status"], job["successRecordCount"]) == ("Completed", 4)
        assert [it["modelOutput"] for it in await direct.output(arn)] == [
            {"number": number} for number in (1, 2, 3, 4)
        ]
        assert await direct.kinds() == {"model-invocation-job", "model-invocation-job-name"}


@pytest.mark.parametrize(("answered", "status"), [((1,), "PartiallyCompleted"), ((), "Expired")])
async def test_time_ends_a_job(tmp_path: Path, answered: tuple[int, ...], status: str) -> None:
    async with opened(tmp_path) as direct:
        direct.answers = lambda number: {"number": number} if number in answered else {}
        arn = await direct.submit(1, 2)
        await until_processed(direct, arn, asked=2, kept=len(answered))

        await direct.restart(after_hours=24)
        job = await direct.job(arn)

        assert job["status"] == status
        assert job["message"] == "The job timed out before all records were processed."
        assert [it["recordId"] for it in await direct.output(arn)] == list(map(str, answered))


async def test_a_job_that_was_being_stopped_is_stopped_at_the_start(tmp_path: Path) -> None:
    async with opened(tmp_path) as direct:
        direct.answers = lambda _: {}
        arn = await direct.submit(1)
        await until_processed(direct, arn, asked=1, kept=0)
        await direct.ask("bedrock", "StopModelInvocationJob", jobIdentifier=arn)

        await direct.restart()

        assert (await direct.job(arn))["status"] == "Stopped"
        assert await direct.output(arn) == []


async def test_a_job_whose_input_has_gone_fails(tmp_path: Path) -> None:
    async with opened(tmp_path) as direct:
        direct.answers = lambda _: {}
        arn = await direct.submit(1)
        await until_processed(direct, arn, asked=1, kept=0)
        await direct.backends.background.close()
        direct.answers = lambda number: {"number": number}
        await direct.ask("s3", "DeleteObject", Bucket="batch", Key="a.jsonl")

        await resume(direct.backends)
        job = await direct.job(arn)

        assert (job["status"], job["message"]) == ("Failed", "The specified key does not exist.")
        assert await direct.kinds() == {"model-invocation-job", "model-invocation-job-name"}


async def test_the_least_number_of_records_is_asked_for_in_strict_mode(tmp_path: Path) -> None:
    async with opened(tmp_path) as direct:
        direct.backends = replace(direct.backends, bedrock=BedrockRequestSettings(strict=True))

        arn = await direct.submit(*range(99))
        job = await direct.job(arn)

        assert (job["status"], job["message"]) == (
            "Failed",
            f"Batch job {arn} contains less records (99) than the required minimum of: 100",
        )


async def test_a_job_of_an_emptied_account_ends_silently(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(tmp_path) as direct:
        await direct.submit(1)

        await direct.backends.records.clear(ACCOUNT)
        await direct.backends.background.finish()

        assert [it.getMessage() for it in caplog.records] == []
