"""A job from its submission to its end, and again from where it was when the server starts anew.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/how-it-works-training.html
"""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.jobs.interface import CannotRunError, End
from outcrop.jobs.runtimes import CannotInstallError, find_runtime
from outcrop.operations.records import change
from outcrop.services.sagemaker.running.errors import JobFailedError
from outcrop.services.sagemaker.running.failures import LONGEST_FAILURE, failure, first_failed
from outcrop.services.sagemaker.running.files import JobFiles
from outcrop.services.sagemaker.running.kind import JobKind, Work
from outcrop.services.sagemaker.running.logs import JobLog
from outcrop.services.sagemaker.running.remains import ask_to_end, drop, run_id
from outcrop.services.sagemaker.running.states import ENDED, moved, retries, seconds_left
from outcrop.storage.records.interface import Document, Record

GRACE = timedelta(hours=1)
"""What a program's credentials outlast its time limit by."""
INSTALLING = "DownloadingTrainingImage"
TRAINING = "Training image download completed. Training in progress."
BEFORE_PROGRAMS = ("Starting", "Restarting", "Downloading", INSTALLING)
INTERNAL = "InternalServerError"
"""What a failure begins with after which trying again may help."""
LONGEST_PAUSE_SECONDS = 60
"""Between two tries."""
logger = logging.getLogger(__name__)


class JobRun:
    """One job at work. Its phases are a training job's; other kinds of jobs do not tell theirs."""

    def __init__(self, kind: JobKind, work: Work, job: Record) -> None:
        self._kind = kind
        self._work = work
        self._record = job
        self._trouble: Exception | None = None

    @property
    def _job(self) -> Document:
        return self._work.job

    async def go(self) -> None:
        """Bring the job to its end.

        Raises:
            RecordNotFoundError: It has gone.
        """
        if await self._is_stopped_before_programs():
            await self._end("Stopped", "Stopped")
        if self._job["status"] in ENDED:
            await self.clean()
            return
        async with contextlib.AsyncExitStack() as held:
            places = self._work.jobs.places.take(len(self._work.hosts))
            try:
                async with asyncio.timeout(seconds_left(self._job, self._work.call.backends.now())):
                    await held.enter_async_context(places)
            except TimeoutError:
                await self._end("Stopped", "MaxWaitTimeExceeded")
            while self._job["status"] not in ENDED:
                await self._try()
        await self.clean()

    async def _try(self) -> None:
        """Bring the job to its end, or to where it begins once more."""
        reason = await self._tried()
        if reason is None:
            return
        tried = self._job.get("tried", 1)
        if reason.startswith(INTERNAL) and tried <= retries(self._work.request):
            await self._begin_again(tried + 1)
        else:
            await self._end("Failed", "Failed", reason)

    async def _tried(self) -> str | None:
        """Bring the job to its end, or return why it fails."""
        try:
            await self._go_on()
        except JobFailedError as error:
            return str(error)
        except (CannotInstallError, CannotRunError) as error:
            return f"{INTERNAL}: {error}"
        except ServiceError as error:
            return f"ClientError: {error.message}"
        return None

    async def _begin_again(self, tried: int) -> None:
        """Give the job another run: what is left of the one before is of no use."""
        await self.clean()
        await asyncio.sleep(min(2**tried, LONGEST_PAUSE_SECONDS))
        now = self._work.call.backends.now()
        run = uuid.uuid4().hex

        def again(document: Document) -> Document:
            new: Document = {**document, "run": run, "tried": tried}
            new.pop("started", None)
            if document["status"] == "Stopping":
                return new
            return moved(new, "Restarting", now, "Restarting the job")

        await self._apply(again)
        self._work = replace(self._work, files=JobFiles(self._work.jobs.directory / run))
        self._trouble = None

    async def clean(self) -> None:
        """End what still runs, and forget what only a running job needs."""
        for host in self._work.hosts:
            await JobLog(self._kind, self._work, host).forget()
        await drop(self._work.jobs, self._work.files)

    async def _go_on(self) -> None:
        if self._job["secondary"] in BEFORE_PROGRAMS:
            await self._prepare()
        if await self._is_stopped_before_programs():
            await self._end("Stopped", "Stopped")
            return
        ends, metrics = await self._run_programs()
        await self._move("Uploading", "Uploading generated training model")
        left = await self._kind.upload(self._work, ends)
        await self._change({"metrics": metrics, **left})
        await self._tell(ends)

    async def _prepare(self) -> None:
        await self._move("Downloading", "Downloading input data")
        await self._kind.prepare(self._work)
        runtime = find_runtime(self._kind.image(self._work.request))
        runtimes = self._work.jobs.runtimes
        if not runtimes.is_installed(runtime):
            await self._move(INSTALLING, f"Installing the runtime {runtime.title}")
        await runtimes.install(runtime, say=partial(logger.info, "%s: %s", runtime.name))

    async def _is_stopped_before_programs(self) -> bool:
        """Tell whether the job is to stop and no program of it was started."""
        return await self._is_to_stop() and "started" not in self._job

    async def _is_to_stop(self) -> bool:
        """Tell whether somebody has asked the job to stop by now."""
        records = self._work.call.backends.records
        self._take(await records.get(self._record.scope, self._record.name))
        return self._job["status"] == "Stopping"

    async def _run_programs(self) -> tuple[Sequence[End], Mapping[str, Any]]:
        """Run the programs to their ends; when one fails, the others are stopped."""
        if "started" not in self._job:
            await self._change({"started": self._work.call.backends.now()})
        if self._job["secondary"] in BEFORE_PROGRAMS:
            await self._move("Training", TRAINING)
        elif self._job["secondary"] == "Training" and self._kind.is_broken_by_restarts(
            self._work.request
        ):
            raise JobFailedError(
                f"{INTERNAL}: What fed the job broke off when the server started anew."
            )
        credentials = self._credentials()
        for host in self._work.hosts:
            program = self._kind.program(self._work, host, credentials)
            await self._work.jobs.runner.start(run_id(self._job, host), program)
        if await self._is_to_stop():  # Nothing that was not running yet has heard of it.
            await self._ask_to_end()
        return await self._follow()

    async def _follow(self) -> tuple[Sequence[End], Mapping[str, Any]]:
        """Wait for the ends of the programs, and return the last values of the metrics, too."""
        runs = [(host, run_id(self._job, host)) for host in self._work.hosts]
        watching = [asyncio.create_task(self._watched(run)) for _, run in runs]
        logs = [
            asyncio.create_task(JobLog(self._kind, self._work, host).follow(self._work.jobs, run))
            for host, run in runs
        ]
        beside = [asyncio.create_task(self._heard(one)) for one in self._kind.beside(self._work)]
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
        call = self._work.call
        given = call.backends.sessions.issue(
            account=call.principal.account,
            arn=call.principal.arn,
            user_id=call.principal.user_id,
            expires_at=call.backends.now() + timedelta(seconds=seconds) + GRACE,
        )
        return {
            "AWS_ACCESS_KEY_ID": given.access_key_id,
            "AWS_SECRET_ACCESS_KEY": given.secret_access_key,
            "AWS_SESSION_TOKEN": given.session_token,
        }

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
            path = self._work.files.left(host, self._kind.message_file)
            why = await failure(host, end, path, otherwise=self._kind.silent_failure)
            raise JobFailedError(why)

    async def _end(self, status: str, secondary: str, failure: str = "") -> None:
        now = self._work.call.backends.now()

        def ended(document: Document) -> Document:
            changed: Document = {**document, "status": status}
            if failure:
                changed["failure"] = failure[:LONGEST_FAILURE]
            if "started" in document:
                changed["ended"] = now
            return moved(changed, secondary, now, failure[:LONGEST_FAILURE] or f"{secondary}")

        await self._apply(ended)

    async def _move(self, secondary: str, message: str) -> None:
        now = self._work.call.backends.now()

        def on(document: Document) -> Document:
            if document["status"] == "Stopping" and secondary != "Uploading":
                return document
            return moved(document, secondary, now, message)

        await self._apply(on)

    async def _change(self, members: Document) -> None:
        await self._apply(lambda document: {**document, **members})

    async def _apply(self, changed: Callable[[Document], Document]) -> None:
        records = self._work.call.backends.records
        self._take(await change(records, self._record.scope, self._record.name, changed))

    def _take(self, job: Record) -> None:
        self._record = job
        self._work = replace(self._work, job=job.document)

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
