"""A job from its submission to its end, and again from where it was when the server starts anew.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/how-it-works-training.html
"""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from outcrop.aws.errors import ServiceError
from outcrop.jobs.interface import CannotRunError
from outcrop.jobs.runtimes import CannotInstallError, find_runtime
from outcrop.operations.records import change
from outcrop.services.sagemaker.running.errors import JobFailedError
from outcrop.services.sagemaker.running.failures import LONGEST_FAILURE
from outcrop.services.sagemaker.running.files import JobFiles
from outcrop.services.sagemaker.running.gpus import share_of_gpus
from outcrop.services.sagemaker.running.kind import JobKind, Work
from outcrop.services.sagemaker.running.logs import forget_log
from outcrop.services.sagemaker.running.remains import drop
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
    """One job at work. Its phases are a training job's; other kinds of jobs do not tell theirs.

    What is done between preparation and end, kinds of jobs add (`_do`).
    """

    def __init__(self, kind: JobKind, work: Work, job: Record) -> None:
        self._kind = kind
        self._work = work
        self._record = job

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
            gpus = share_of_gpus(self._work).together
            places = self._work.jobs.places.take(
                len(self._work.hosts), gpus=gpus, is_there="started" in self._job
            )
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

    async def clean(self) -> None:
        """End what still runs, and forget what only a running job needs."""
        await forget_log(self._work.call, self._job["run"])
        await drop(self._work.jobs, self._work.files)

    async def _go_on(self) -> None:
        if self._job["secondary"] in BEFORE_PROGRAMS:
            await self._prepare()
        if await self._is_stopped_before_programs():
            await self._end("Stopped", "Stopped")
            return
        if "started" not in self._job:
            await self._change({"started": self._work.call.backends.now()})
        await self._do()

    async def _do(self) -> None:
        """Do what the job is there for, and end it; its files and its runtime are at hand.

        Raises:
            JobFailedError: It failed.
        """
        raise NotImplementedError

    async def _prepare(self) -> None:
        await self._move("Downloading", "Downloading input data")
        await self._kind.prepare(self._work)
        runtime = find_runtime(self._kind.image(self._job))
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
