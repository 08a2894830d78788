"""A job from its submission to its end, and again from where it was when the server starts anew.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/how-it-works-training.html
"""

import asyncio
import contextlib
import logging
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.jobs.interface import CannotRunError, End, UnknownRunError
from outcrop.jobs.jobs import Jobs
from outcrop.jobs.runtimes import CannotInstallError, find_runtime
from outcrop.operations import Backends, Call
from outcrop.operations.background import call_without_request
from outcrop.operations.records import change, every
from outcrop.services.sagemaker.resources import TRAINING_JOB
from outcrop.services.sagemaker.training.artifacts import upload
from outcrop.services.sagemaker.training.channels import download
from outcrop.services.sagemaker.training.contract import lay_out, program
from outcrop.services.sagemaker.training.errors import JobFailedError
from outcrop.services.sagemaker.training.logs import TrainingLog, forget_logs, remembered_logs
from outcrop.services.sagemaker.training.places import JobFiles, hosts_of
from outcrop.services.sagemaker.training.states import ENDED, moved
from outcrop.storage.records.interface import Document, Record, RecordNotFoundError

LONGEST_FAILURE = 1024
GRACE = timedelta(hours=1)
"""What a program's credentials outlast its time limit by."""
INSTALLING = "DownloadingTrainingImage"
TRAINING = "Training image download completed. Training in progress."
BEFORE_TRAINING = ("Starting", "Downloading", INSTALLING)
logger = logging.getLogger(__name__)


def start(backends: Backends, job: Record) -> None:
    """Let a job run in the background, from wherever it is."""
    backends.background.start(_task(job), partial(_run, backends, job))


async def stop(backends: Backends, job: Record) -> None:
    """End a job that waits, or ask its programs to; its status is `Stopping` already."""
    if "started" not in job.document:
        backends.background.cancel(_task(job))
        backends.background.start(f"{_task(job)}/stop", partial(_run, backends, job))
    await _ask_to_end(
        backends.jobs, [run_id(job.document, host) for host in hosts_of(job.document)]
    )


async def _ask_to_end(jobs: Jobs, run_ids: Sequence[str]) -> None:
    for one in run_ids:
        with contextlib.suppress(UnknownRunError):  # Not started yet, or over.
            await jobs.runner.stop(one)


async def resume(backends: Backends) -> None:
    """Go on with all jobs that had not ended, and drop what is left of the others."""
    # First what is there, then what is wanted: a job that begins meanwhile is not among the first.
    there = JobFiles.all_below(backends.jobs.directory)
    logs = await remembered_logs(backends)
    live: set[str] = set()
    for place in await backends.records.scopes(service="sagemaker", kind=TRAINING_JOB.name):
        async for job in every(backends.records, place):
            if job.document["status"] not in ENDED:
                live.add(job.document["run"])
                start(backends, job)
    await forget_logs(backends, {run: place for run, place in logs.items() if run not in live})
    for files in there:
        if files.folder.name not in live:
            _drop_later(backends, files)


async def empty(backends: Backends, account: str) -> None:
    """End the jobs of an account that is being emptied, whose records are gone in a moment."""
    for place in await backends.records.scopes(
        service="sagemaker", kind=TRAINING_JOB.name, account=account
    ):
        async for job in every(backends.records, place):
            backends.background.cancel(_task(job))
            _drop_later(backends, JobFiles(backends.jobs.directory / job.document["run"]))


def _drop_later(backends: Backends, files: JobFiles) -> None:
    name = f"sagemaker/drop/{files.folder.name}"
    backends.background.start(name, partial(_drop, backends.jobs, files))


async def _drop(jobs: Jobs, files: JobFiles) -> None:
    """End the programs of a job and remove all that is kept of it outside the records."""
    run_ids = [f"{files.folder.name}-{host}" for host in files.hosts()]
    await _ask_to_end(jobs, run_ids)
    for one in run_ids:
        with contextlib.suppress(UnknownRunError):
            await jobs.runner.end(one)
        await jobs.runner.forget(one)
    await asyncio.to_thread(shutil.rmtree, files.folder, ignore_errors=True)


def run_id(job: Document, host: str) -> str:
    """Return the id of the run of one of a job's instances."""
    return f"{job['run']}-{host}"


def _task(job: Record) -> str:
    return f"sagemaker/{job.scope.kind}/{job.scope.account}/{job.scope.region}/{job.name}"


async def _run(backends: Backends, job: Record) -> None:
    call = call_without_request(
        backends,
        service="sagemaker",
        operation="CreateTrainingJob",
        account=job.scope.account,
        region=job.scope.region,
        role=job.document["request"]["RoleArn"],
    )
    run = TrainingRun(call, backends.jobs, job)
    try:
        await run.go()
    except RecordNotFoundError:  # The account was emptied.
        await run.clean()


class TrainingRun:
    """One job at work."""

    def __init__(self, call: Call, jobs: Jobs, job: Record) -> None:
        self._call = call
        self._jobs = jobs
        self._record = job
        self._hosts = hosts_of(job.document)
        self._files = JobFiles(jobs.directory / job.document["run"])

    @property
    def _job(self) -> Document:
        return self._record.document

    async def go(self) -> None:
        """Bring the job to its end.

        Raises:
            RecordNotFoundError: It has gone.
        """
        if await self._is_stopped_before_training():
            await self._end("Stopped", "Stopped")
            await self.clean()
            return
        async with self._jobs.places.take(len(self._hosts)):
            try:
                await self._work()
            except JobFailedError as error:
                await self._end("Failed", "Failed", str(error))
            except (CannotInstallError, CannotRunError) as error:
                await self._end("Failed", "Failed", f"InternalServerError: {error}")
            except ServiceError as error:
                await self._end("Failed", "Failed", f"ClientError: {error.message}")
        await self.clean()

    async def _work(self) -> None:
        if self._job["secondary"] in BEFORE_TRAINING:
            await self._prepare()
        if await self._is_stopped_before_training():
            await self._end("Stopped", "Stopped")
            return
        ends, metrics = await self._train()
        await self._move("Uploading", "Uploading generated training model")
        await upload(self._call, self._files, self._job)
        await self._change({"metrics": metrics})
        await self._tell(ends)

    async def _prepare(self) -> None:
        await self._move("Downloading", "Downloading input data")
        for channel in self._job["request"].get("InputDataConfig", []):
            await download(self._call, self._files, channel, self._hosts)
        for host in self._hosts:
            await asyncio.to_thread(lay_out, self._files, self._job, host)
        runtime = find_runtime(self._job["request"]["AlgorithmSpecification"]["TrainingImage"])
        if not self._jobs.runtimes.is_installed(runtime):
            await self._move(INSTALLING, f"Installing the runtime {runtime.title}")
        await self._jobs.runtimes.install(runtime, say=partial(logger.info, "%s: %s", runtime.name))

    async def _is_stopped_before_training(self) -> bool:
        """Tell whether the job is to stop and no program of it was started."""
        return await self._is_to_stop() and "started" not in self._job

    async def _is_to_stop(self) -> bool:
        """Tell whether somebody has asked the job to stop by now."""
        self._record = await self._call.backends.records.get(self._record.scope, self._record.name)
        return self._job["status"] == "Stopping"

    async def _train(self) -> tuple[Sequence[End], Mapping[str, Any]]:
        """Run the programs to their ends; when one fails, the others are stopped."""
        if "started" not in self._job:
            await self._change({"started": self._call.backends.now()})
        if self._job["secondary"] in BEFORE_TRAINING:
            await self._move("Training", TRAINING)
        credentials = self._credentials()
        for host in self._hosts:
            surroundings = program(
                self._call,
                self._jobs,
                self._job,
                host,
                files=self._files,
                credentials=credentials,
            )
            await self._jobs.runner.start(run_id(self._job, host), surroundings)
        if await self._is_to_stop():  # Nothing that was not running yet has heard of it.
            await self._ask_to_end()
        logs = [TrainingLog(self._call, self._job, host) for host in self._hosts]
        following = [
            asyncio.create_task(log.follow(self._jobs, run_id(self._job, host)))
            for log, host in zip(logs, self._hosts, strict=True)
        ]
        try:
            ends = await asyncio.gather(*(self._watched(host) for host in self._hosts))
            metrics = await asyncio.gather(*following)
        finally:
            for task in following:
                task.cancel()
        return ends, {name: value for found in reversed(metrics) for name, value in found.items()}

    async def _watched(self, host: str) -> End:
        """Wait for the end of one instance; if it failed, ask the others to end."""
        end = await self._jobs.runner.end(run_id(self._job, host))
        if end.reason != "exited" or end.exit_code:
            await self._ask_to_end()
        return end

    def _credentials(self) -> Mapping[str, str]:
        """Return the variables that let the programs act as the job's role."""
        seconds = self._job["request"]["StoppingCondition"]["MaxRuntimeInSeconds"]
        principal = self._call.principal
        given = self._call.backends.sessions.issue(
            account=principal.account,
            arn=principal.arn,
            user_id=principal.user_id,
            expires_at=self._call.backends.now() + timedelta(seconds=seconds) + GRACE,
        )
        return {
            "AWS_ACCESS_KEY_ID": given.access_key_id,
            "AWS_SECRET_ACCESS_KEY": given.secret_access_key,
            "AWS_SESSION_TOKEN": given.session_token,
        }

    async def _tell(self, ends: Sequence[End]) -> None:
        """End the job as its programs ended: what went wrong first counts."""
        failed = [
            (end, host)
            for end, host in zip(ends, self._hosts, strict=True)
            if end.reason != "exited" or end.exit_code
        ]
        if await self._is_to_stop():
            await self._end("Stopped", "Stopped")
        elif not failed:
            await self._end("Completed", "Completed")
        else:
            end, host = min(failed, key=lambda one: (one[0].reason == "stopped", one[0].ended_at))
            if end.reason == "timed-out":
                await self._end("Stopped", "MaxRuntimeExceeded")
            else:
                await self._end("Failed", "Failed", await self._failure(end, host))

    async def _failure(self, end: End, host: str) -> str:
        """Return why a program failed, in its own words where it left some."""
        if end.reason == "lost":
            return f"InternalServerError: {host} was lost when the machine stopped."
        if end.reason == "out-of-memory":
            return (
                f"ClientError: {host} took more memory than its instance has."
                " Please use an instance type with more memory."
            )
        said = await asyncio.to_thread(_read_failure, self._files.left(host, "output/failure"))
        code = f"exit code: {end.exit_code}"
        return f"AlgorithmError: {said}, {code}" if said else f"AlgorithmError: , {code}"

    async def _end(self, status: str, secondary: str, failure: str = "") -> None:
        now = self._call.backends.now()

        def ended(document: Document) -> Document:
            changed: Document = {**document, "status": status}
            if failure:
                changed["failure"] = failure[:LONGEST_FAILURE]
            if "started" in document:
                changed["ended"] = now
            return moved(changed, secondary, now, failure[:LONGEST_FAILURE] or f"{secondary}")

        await self._apply(ended)

    async def _move(self, secondary: str, message: str) -> None:
        now = self._call.backends.now()

        def on(document: Document) -> Document:
            if document["status"] == "Stopping" and secondary != "Uploading":
                return document
            return moved(document, secondary, now, message)

        await self._apply(on)

    async def _change(self, members: Document) -> None:
        await self._apply(lambda document: {**document, **members})

    async def _apply(self, changed: Callable[[Document], Document]) -> None:
        self._record = await change(
            self._call.backends.records, self._record.scope, self._record.name, changed
        )

    async def _ask_to_end(self) -> None:
        await _ask_to_end(self._jobs, [run_id(self._job, host) for host in self._hosts])

    async def clean(self) -> None:
        """End what still runs, and forget what only a running job needs."""
        for host in self._hosts:
            await TrainingLog(self._call, self._job, host).forget()
        await _drop(self._jobs, self._files)


def _read_failure(path: Path | None) -> str:
    """Return what a program wrote of its failure, nothing if it wrote none."""
    if path is None or not path.is_file():
        return ""
    try:
        with path.open("rb") as file:
            return file.read(LONGEST_FAILURE).decode(errors="replace").strip()
    except OSError:
        return ""
