"""A job from its submission to its end, and again from where it was when the server starts anew.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/batch-inference-monitor.html
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Backends, Call
from outcrop.operations.background import call_without_request
from outcrop.operations.records import change, every
from outcrop.services.bedrock.batch.items import Answered, answer
from outcrop.services.bedrock.batch.places import (
    INPUT_ENDING,
    MANIFEST,
    OUTPUT_ENDING,
    S3Place,
    lines,
)
from outcrop.services.bedrock.batch.results import (
    RESULT,
    JobInterruptedError,
    Results,
    drop,
    manifest,
    result_name,
)
from outcrop.services.bedrock.resources import INVOCATION_JOB
from outcrop.storage.records.interface import Record, RecordNotFoundError

BEFORE_WORK = ("Submitted", "Validating", "Scheduled")
AT_WORK = "InProgress"
ENDED = ("Completed", "PartiallyCompleted", "Failed", "Stopped", "Expired")
LEAST_RECORDS = 100
"""In a job, where AWS's own refusals are asked for.

Source: https://docs.aws.amazon.com/general/latest/gr/bedrock.html, "Minimum number of records"
"""
RECORDS_AT_ONCE = 4
"""The model batches what it is asked at once; more would keep interactive callers waiting."""
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
"""Between tries of a record for which the model had no room."""


class JobFailedError(Exception):
    """The job as a whole cannot go on; the message is the caller's."""


def start(backends: Backends, job: Record) -> None:
    """Let a job run in the background, from wherever it is."""
    ending = "/stop" if job.document["status"] == "Stopping" else ""
    backends.background.start(f"{_task(job)}{ending}", partial(_run, backends, job))


def interrupt(backends: Backends, job: Record) -> None:
    """End what a job is doing, and write out what it has; its status is `Stopping` already."""
    backends.background.cancel(_task(job))
    start(backends, job)


async def resume(backends: Backends) -> None:
    """Go on with all jobs that had not ended, and drop the answers of those that had."""
    ended: set[tuple[str, str, str]] = set()
    for place in await backends.records.scopes(service="bedrock", kind=INVOCATION_JOB.name):
        async for job in every(backends.records, place):
            if job.document["status"] in ENDED:
                ended.add((place.account, place.region, job.name))
            else:
                start(backends, job)
    for place in await backends.records.scopes(service="bedrock", kind=f"{RESULT}/"):
        if (place.account, place.region, place.kind.partition("/")[2]) in ended:
            await drop(backends.records, place)


def _task(job: Record) -> str:
    return f"bedrock/{job.scope.kind}/{job.scope.account}/{job.scope.region}/{job.name}"


async def _run(backends: Backends, job: Record) -> None:
    call = call_without_request(
        backends,
        service="bedrock",
        operation="CreateModelInvocationJob",
        account=job.scope.account,
        region=job.scope.region,
        role=job.document["role"],
    )
    run = JobRun(call, await backends.records.get(job.scope, job.name))
    try:
        await run.go()
    except (JobInterruptedError, RecordNotFoundError):
        return  # Whoever stopped it sees to its end; whoever emptied the account wants none.


@dataclass(slots=True)
class JobRun:
    """One job at work."""

    call: Call
    job: Record
    results: Results = field(init=False)

    def __post_init__(self) -> None:
        self.results = Results(self.call, self.job, AT_WORK)

    async def go(self) -> None:
        """Bring the job to its end.

        Raises:
            JobInterruptedError: A request stopped it.
            RecordNotFoundError: It has gone.
        """
        try:
            if self.job.document["status"] in BEFORE_WORK:
                await self._validate()
            if self.job.document["status"] == AT_WORK:
                await self._work()
            elif self.job.document["status"] == "Stopping":
                await self._write_outputs()
                await self._end("Stopped", "The job was stopped by a request.")
        except ServiceError as error:
            await self._end("Failed", error.message)
        except JobFailedError as error:
            await self._end("Failed", str(error))
        await self.results.drop()

    async def _validate(self) -> None:
        await self._change("Validating")
        source = self.job.document["input"]
        place = S3Place.of(source["s3Uri"])
        files: list[dict[str, Any]] = []
        total = 0
        async for key in self._input_keys(place):
            count = 0
            async for _ in lines(await self.call.objects.open(place.bucket, key)):
                count += 1
            name = key.rpartition("/")[2] if place.is_file else key.removeprefix(place.folder)
            files.append({"key": key, "name": name})
            total += count
        least = LEAST_RECORDS if self.call.backends.bedrock.strict else 1
        if total < least:
            raise JobFailedError(
                f"Batch job {self.call.arn(f'{INVOCATION_JOB.name}/{self.job.name}')} contains"
                f" less records ({total}) than the required minimum of: {least}"
            )
        counts = {**self.job.document["counts"], "total": total}
        await self._change("Scheduled", files=files, counts=counts)
        await self._change(AT_WORK)

    async def _input_keys(self, place: S3Place) -> AsyncIterator[str]:
        if place.is_file:
            yield place.key
            return
        async for key, _ in self.call.objects.keys(place.bucket, place.folder):
            if key.endswith(INPUT_ENDING):
                yield key

    async def _work(self) -> None:
        left = self.job.document["expires"] - self.call.backends.now()
        try:
            async with asyncio.timeout(max(0.0, left.total_seconds())):
                await self._answer_all()
        except TimeoutError:
            await self._write_outputs()
            some = self.results.job.document["counts"]["processed"]
            status = "PartiallyCompleted" if some else "Expired"
            await self._end(status, "The job timed out before all records were processed.")
            return
        await self._write_outputs()
        await self._end("Completed")

    async def _answer_all(self) -> None:
        self.results.job = self.job
        slots = asyncio.Semaphore(RECORDS_AT_ONCE)
        try:
            async with asyncio.TaskGroup() as group:
                async for name, line, at in self._open_records():
                    await slots.acquire()
                    task = group.create_task(self._answer(name, line, at))
                    task.add_done_callback(lambda _: slots.release())
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from failures

    async def _open_records(self) -> AsyncIterator[tuple[str, bytes, int]]:
        """Give the names, lines and numbers of the records that have no answer yet."""
        bucket = S3Place.of(self.job.document["input"]["s3Uri"]).bucket
        for file, described in enumerate(self.job.document["files"]):
            answered = await self.results.answered(file)
            at = 0
            async for line in lines(await self.call.objects.open(bucket, described["key"])):
                at += 1
                name = result_name(file, at)
                if name not in answered:
                    yield name, line, at

    async def _answer(self, name: str, line: bytes, at: int) -> None:
        await self.results.keep(name, await self._patiently(line, at))

    async def _patiently(self, line: bytes, at: int) -> Answered:
        """Answer a record, as often as it takes until the model has room for it."""
        document = self.job.document
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                return await answer(self.call, document["model"], document["type"], line, at)
            except ServiceError:
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    async def _write_outputs(self) -> None:
        document = self.results.job.document
        place = S3Place.of(document["output"]["s3Uri"])
        for file, described in enumerate(document.get("files", [])):
            await self.call.objects.write(
                place.bucket,
                place.output_key(self.job.name, described["name"] + OUTPUT_ENDING),
                self.results.lines(file),
            )
        if "files" in document:
            await self.call.objects.write(
                place.bucket,
                place.output_key(self.job.name, MANIFEST),
                json.dumps(manifest(document["counts"])).encode(),
                content_type="application/json",
            )

    async def _end(self, status: str, message: str = "") -> None:
        now = self.call.backends.now()
        await self._change(status, ended=now, **({"message": message} if message else {}))

    async def _change(self, status: str, **members: Any) -> None:
        """Move the job on.

        Raises:
            JobInterruptedError: A request stopped it meanwhile.
        """
        before = self.job.document["status"]

        def changed(document: Mapping[str, Any]) -> dict[str, Any]:
            if document["status"] != before:
                raise JobInterruptedError
            now = self.call.backends.now()
            return {**document, **members, "status": status, "updated": now}

        self.job = await change(self.call.backends.records, self.job.scope, self.job.name, changed)
        self.results.job = self.job
