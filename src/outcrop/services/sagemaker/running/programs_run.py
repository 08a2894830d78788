"""A job whose programs run to their ends: started, watched, followed, uploaded, told.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/how-it-works-training.html
"""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from datetime import timedelta
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.jobs.interface import End, GpusTakenError, Program
from outcrop.services.sagemaker.running.credentials import credentials
from outcrop.services.sagemaker.running.errors import JobFailedError
from outcrop.services.sagemaker.running.failures import failure, first_failed
from outcrop.services.sagemaker.running.kind import ProgramKind, Work
from outcrop.services.sagemaker.running.life import BEFORE_PROGRAMS, INTERNAL, JobRun
from outcrop.services.sagemaker.running.logs import JobLog
from outcrop.services.sagemaker.running.remains import ask_to_end, run_id
from outcrop.services.sagemaker.running.states import seconds_left
from outcrop.storage.records.interface import Record

GRACE = timedelta(hours=1)
"""What a program's credentials outlast its time limit by."""
LOOK_SECONDS = 1.0
"""Between two looks for free GPUs."""
TRAINING = "Training image download completed. Training in progress."


class ProgramsRun(JobRun):
    """A job at work that runs one program on each of its instances."""

    def __init__(self, kind: ProgramKind, work: Work, job: Record) -> None:
        super().__init__(kind, work, job)
        self._programs = kind
        self._trouble: Exception | None = None

    async def _do(self) -> None:
        ran = await self._run_programs()
        if ran is None:
            await self._end("Stopped", "Stopped")
            return
        ends, metrics = ran
        await self._move("Uploading", "Uploading generated training model")
        left = await self._programs.upload(self._work, ends)
        await self._change({"metrics": metrics, **left})
        await self._tell(ends)

    async def _run_programs(self) -> tuple[Sequence[End], Mapping[str, Any]] | None:
        """Run the programs to their ends; when one fails, the others are stopped.

        Returns:
            How they ended and the last values of the metrics; `None`: the job was stopped before
            all of them ran.
        """
        self._trouble = None
        if self._job["secondary"] in BEFORE_PROGRAMS:
            await self._move("Training", TRAINING)
        elif self._job["secondary"] == "Training" and self._programs.is_broken_by_restarts(
            self._work.request
        ):
            raise JobFailedError(
                f"{INTERNAL}: What fed the job broke off when the server started anew."
            )
        credentials = self._credentials()
        for host in self._work.hosts:
            program = self._programs.program(self._work, host, credentials)
            if not await self._started(host, program):
                return None
        if await self._is_to_stop():  # Nothing that was not running yet has heard of it.
            await self._ask_to_end()
        return await self._follow()

    async def _started(self, host: str, program: Program) -> bool:
        """Start a program as soon as its GPUs are free, if the job is not stopped before."""
        while True:
            try:
                await self._work.jobs.runner.start(run_id(self._job, host), program)
            except GpusTakenError:  # Another server's, or those of a job that is found again.
                if await self._is_to_stop():
                    return False
                await asyncio.sleep(LOOK_SECONDS)
            else:
                return True

    async def _follow(self) -> tuple[Sequence[End], Mapping[str, Any]]:
        """Wait for the ends of the programs, and return the last values of the metrics, too."""
        runs = [(host, run_id(self._job, host)) for host in self._work.hosts]
        watching = [asyncio.create_task(self._watched(run)) for _, run in runs]
        logs = [
            asyncio.create_task(
                JobLog(self._programs, self._work, host).follow(self._work.jobs, run)
            )
            for host, run in runs
        ]
        beside = [
            asyncio.create_task(self._heard(one)) for one in self._programs.beside(self._work)
        ]
        try:
            await _first_error_or_end_of((*watching, *logs), beside)
        finally:
            for task in (*watching, *logs, *beside):
                task.cancel()
            await asyncio.gather(*watching, *logs, *beside, return_exceptions=True)
        ends, metrics = ([task.result() for task in watching], [task.result() for task in logs])
        if self._trouble is not None:
            raise self._trouble
        return ends, {name: value for found in reversed(metrics) for name, value in found.items()}

    async def _watched(self, run: str) -> End:
        """Wait for the end of one instance; if it failed, ask the others to end."""
        end = await self._work.jobs.runner.end(run)
        if end.reason != "exited" or end.exit_code:
            await self._ask_to_end()
        return end

    async def _heard(self, beside: Coroutine[Any, Any, None]) -> None:
        """Do what goes on beside the programs; if it fails, they are asked to end."""
        try:
            await beside
        except (JobFailedError, ServiceError) as error:
            self._trouble = error
            await self._ask_to_end()

    def _credentials(self) -> Mapping[str, str]:
        """Return the variables that let the programs act as the job's role."""
        seconds = self._work.request["StoppingCondition"]["MaxRuntimeInSeconds"]
        return credentials(self._work.call, lasting=timedelta(seconds=seconds) + GRACE)

    async def _tell(self, ends: Sequence[End]) -> None:
        """End the job as its programs ended: what went wrong first counts.

        Raises:
            JobFailedError: It failed.
        """
        failed = first_failed(self._work.hosts, ends)
        if await self._is_to_stop():
            await self._end("Stopped", "Stopped")
        elif failed is None:
            await self._end("Completed", "Completed")
        elif failed[1].reason == "timed-out":
            left = seconds_left(self._job, self._work.call.backends.now())
            is_waiting_over = left is not None and left <= 0
            secondary = "MaxWaitTimeExceeded" if is_waiting_over else "MaxRuntimeExceeded"
            await self._end("Stopped", secondary)
        else:
            host, end = failed
            path = self._work.files.left(host, self._programs.message_file)
            why = await failure(host, end, path, otherwise=self._programs.silent_failure)
            raise JobFailedError(why)

    async def _ask_to_end(self) -> None:
        run_ids = [run_id(self._job, host) for host in self._work.hosts]
        await ask_to_end(self._work.jobs, run_ids)


async def _first_error_or_end_of(
    main: Sequence[asyncio.Task[Any]], beside: Sequence[asyncio.Task[None]]
) -> None:
    """Wait for the ends of tasks, unless one of them or beside them fails; raise what fails."""
    pending: set[asyncio.Task[Any]] = {*main, *beside}
    while not all(task.done() for task in main):
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
