"""A recommendations job from its creation to its end: one load test after the other.

Tests that have ended are kept; the one that was interrupted by a crash is done again, on a fleet
of its own, since what it had measured is worth nothing by halves.
"""

import asyncio
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from outcrop.operations import Backends, Call
from outcrop.operations.background import call_without_request
from outcrop.operations.log_events import ensure_group, ensure_stream, put_events
from outcrop.operations.records import change
from outcrop.services.sagemaker.hosting.logs import forget
from outcrop.services.sagemaker.recommending.candidates import endpoint_of, step_of
from outcrop.services.sagemaker.recommending.errors import RecommendingFailedError
from outcrop.services.sagemaker.recommending.load_test import LoadTest
from outcrop.services.sagemaker.recommending.measures import Conditions, metrics
from outcrop.services.sagemaker.recommending.payloads import payloads_of
from outcrop.storage.records.interface import Document, Record, RecordNotFoundError

ENDED = ("COMPLETED", "FAILED", "STOPPED")
GROUP = "/aws/sagemaker/InferenceRecommendationsJobs"
LONGEST_FAILURE = 1024
LONGEST_JOB_SECONDS = 7200
"""If the request names no limit."""
TOO_LONG = "The job has taken longer than it may."


class RecommendationsLife:
    """One job at work."""

    def __init__(self, backends: Backends, job: Record) -> None:
        self._backends = backends
        self._record = job

    @property
    def _job(self) -> Document:
        return self._record.document

    async def go(self) -> None:
        """Do what the record asks for."""
        try:
            self._record = await self._backends.records.get(self._record.scope, self._record.name)
            if self._job["status"] == "STOPPING":
                await self.stop()
            elif self._job["status"] not in ENDED:
                await self._run()
        except RecordNotFoundError:  # The account was emptied.
            await self._remove_all()

    async def stop(self) -> None:
        """End the test that is under way, and those that would follow."""
        await self._remove_all()

        def stopped(job: Document) -> Document:
            tests = [
                one if one["status"] in ENDED else {**one, "status": "STOPPED"}
                for one in job["tests"]
            ]
            return {**job, "tests": tests}

        await self._end("STOPPED", changed=stopped)

    async def _run(self) -> None:
        await self._change(lambda job: {**job, "status": "IN_PROGRESS"})
        given: Mapping[str, Any] = self._job["request"]["InputConfig"]
        age = (self._backends.now() - self._job["created"]).total_seconds()
        seconds = given.get("JobDurationInSeconds", LONGEST_JOB_SECONDS) - age
        why = ""
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                payloads = await payloads_of(
                    self._call(self._job["request"]["RoleArn"]), self._job["payload"]
                )
                for number, test in enumerate(self._job["tests"]):
                    if test["status"] not in ENDED:
                        await self._try(number, test, payloads)
        except TimeoutError:
            why = TOO_LONG
            await self._remove_all()
            for number, test in enumerate(self._job["tests"]):
                if test["status"] not in ENDED:
                    await self._note(number, status="STOPPED", failure=TOO_LONG)
        except RecommendingFailedError as error:
            await self._end("FAILED", str(error))
            return
        tests = self._job["tests"]
        if any(one["status"] == "COMPLETED" for one in tests):
            await self._end("COMPLETED")
        else:
            await self._end("FAILED", why or f"All tests have failed: {tests[0]['failure']}")

    async def _try(self, number: int, test: Document, payloads: Any) -> None:
        """Do one test and note what came of it."""
        request = self._job["request"]
        # Never the fleet of a test that a crash has interrupted: that one is being removed.
        await self._note(
            number, status="IN_PROGRESS", began=self._backends.now(), fleet=uuid.uuid4().hex
        )
        test = self._job["tests"][number]
        await self._say(f"Testing {_named(test)}.")
        conditions = Conditions.of(request.get("StoppingConditions", {}))
        load = LoadTest(
            call=self._call(self._job["model"]["ExecutionRoleArn"]),
            step=step_of(test, self._job["model"]),
            payloads=payloads,
            content_type=self._job["content_type"],
            conditions=conditions,
            traffic=request["InputConfig"].get("TrafficPattern", {}),
            endpoint=endpoint_of(test),
            endpoint_url=self._job["endpoint_url"],
        )
        try:
            seen = await load.go()
            best = conditions.best(seen)
            told = dict(metrics(best, conditions.percentile))
            if "ServerlessConfig" in test:
                told["ModelSetupTime"] = round(load.setup_seconds)
            await self._note(number, status="COMPLETED", metrics=told, ended=self._backends.now())
            await self._say(
                f"{_named(test)}: {told['MaxInvocations']} invocations a minute,"
                f" {told['ModelLatency']} microseconds ({conditions.percentile})."
            )
        except RecommendingFailedError as error:
            await self._note(
                number,
                status="FAILED",
                failure=str(error)[:LONGEST_FAILURE],
                ended=self._backends.now(),
            )
            await self._say(f"{_named(test)}: {error}")
        await self._remove(test)

    async def _remove_all(self) -> None:
        for test in self._job["tests"]:
            await self._remove(test)

    async def _remove(self, test: Document) -> None:
        await self._backends.jobs.fleets.remove(test["fleet"])
        await forget(self._backends, self._record.scope, test["fleet"])

    async def _note(self, number: int, **values: Any) -> None:
        def noted(job: Document) -> Document:
            tests = list(job["tests"])
            tests[number] = {**tests[number], **values}
            return {**job, "tests": tests}

        await self._change(noted)

    async def _end(
        self,
        status: str,
        failure: str = "",
        *,
        changed: Callable[[Document], Document] = lambda job: job,
    ) -> None:
        def ended(job: Document) -> Document:
            if job["status"] in ENDED or (job["status"] == "STOPPING" and status != "STOPPED"):
                return job
            told = {"failure": failure[:LONGEST_FAILURE]} if failure else {}
            return {**changed(job), **told, "status": status, "completed": self._now()}

        await self._change(ended)
        await self._say(f"The job is {status}. {failure}".strip())

    async def _change(self, changed: Callable[[Document], Document]) -> None:
        def touched(job: Document) -> Document:
            after = {**changed(job), "modified": self._now()}
            if job["status"] == "STOPPING" and after["status"] == "IN_PROGRESS":
                after["status"] = "STOPPING"  # Whoever stops it has the last word.
            return after

        self._record = await change(
            self._backends.records, self._record.scope, self._record.name, touched
        )

    def _now(self) -> Any:
        now = self._backends.now()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    async def _say(self, text: str) -> None:
        """Print a line to the job's log."""
        call = self._call("")
        stream = f"{self._record.name}/execution"
        await ensure_group(call, GROUP)
        await ensure_stream(call, GROUP, stream)
        await put_events(call, GROUP, stream, [(self._backends.now(), text)])

    def _call(self, role: str) -> Call:
        return call_without_request(
            self._backends,
            service="sagemaker",
            operation="CreateInferenceRecommendationsJob",
            account=self._record.scope.account,
            region=self._record.scope.region,
            role=role,
        )


def _named(test: Document) -> str:
    """Return what messages call a candidate."""
    serverless = test.get("ServerlessConfig")
    what = f"serverless, {serverless['MemorySizeInMB']} MB" if serverless else test["InstanceType"]
    given = ", ".join(f"{name}={value}" for name, value in test["environment"].items())
    return f"{what} ({given})" if given else what
