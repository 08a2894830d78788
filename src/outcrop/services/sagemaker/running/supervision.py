"""Jobs in the background: begun, stopped, gone on with after a restart, emptied out."""

from collections.abc import Sequence
from functools import partial

from outcrop.operations import Backends
from outcrop.operations.background import call_without_request
from outcrop.operations.records import every
from outcrop.services.sagemaker.running.files import JobFiles
from outcrop.services.sagemaker.running.kind import JobKind, Work, hosts_of
from outcrop.services.sagemaker.running.logs import forget_logs, remembered_logs
from outcrop.services.sagemaker.running.remains import ask_to_end, drop, run_id
from outcrop.services.sagemaker.running.states import ENDED
from outcrop.storage.records.interface import Record, RecordNotFoundError


def start(backends: Backends, kind: JobKind, job: Record) -> None:
    """Let a job run in the background, from wherever it is."""
    backends.background.start(_task(job), partial(_run, backends, kind, job))


async def stop(backends: Backends, kind: JobKind, job: Record) -> None:
    """End a job that waits, or ask its programs to; its status is `Stopping` already."""
    if kind.is_interruptible or "started" not in job.document:
        backends.background.start_instead(
            f"{_task(job)}/stop", partial(_run, backends, kind, job), of=_task(job)
        )
    hosts = hosts_of(kind.instances(job.document["request"]))
    run_ids = [run_id(job.document, host) for host in hosts]
    await ask_to_end(backends.jobs, run_ids)


async def resume(backends: Backends, kinds: Sequence[JobKind]) -> None:
    """Go on with all jobs that had not ended, and drop what is left of the others."""
    # First what is there, then what is wanted: a job that begins meanwhile is not among the first.
    there = JobFiles.all_below(backends.jobs.directory)
    logs = await remembered_logs(backends)
    live: set[str] = set()
    for kind in kinds:
        for place in await backends.records.scopes(service="sagemaker", kind=kind.resource.name):
            async for job in every(backends.records, place):
                if job.document["status"] not in ENDED:
                    live.add(job.document["run"])
                    start(backends, kind, job)
    await forget_logs(backends, {run: place for run, place in logs.items() if run not in live})
    for files in there:
        if files.folder.name not in live:
            _drop_later(backends, files)


async def empty(backends: Backends, account: str, kinds: Sequence[JobKind]) -> None:
    """End the jobs of an account that is being emptied, whose records are gone in a moment."""
    for kind in kinds:
        for place in await backends.records.scopes(
            service="sagemaker", kind=kind.resource.name, account=account
        ):
            async for job in every(backends.records, place):
                files = JobFiles(backends.jobs.directory / job.document["run"])
                _drop_later(backends, files, instead_of=_task(job))


def _drop_later(backends: Backends, files: JobFiles, *, instead_of: str = "") -> None:
    name = f"sagemaker/drop/{files.folder.name}"
    backends.background.start_instead(name, partial(drop, backends.jobs, files), of=instead_of)


def _task(job: Record) -> str:
    return f"sagemaker/{job.scope.kind}/{job.scope.account}/{job.scope.region}/{job.name}"


async def _run(backends: Backends, kind: JobKind, job: Record) -> None:
    call = call_without_request(
        backends,
        service="sagemaker",
        operation=kind.operation,
        account=job.scope.account,
        region=job.scope.region,
        role=job.document["role"],
    )
    work = Work(
        call=call,
        jobs=backends.jobs,
        job=job.document,
        instances=kind.instances(job.document["request"]),
        files=JobFiles(backends.jobs.directory / job.document["run"]),
    )
    run = kind.run(work, job)
    try:
        await run.go()
    except RecordNotFoundError:  # The account was emptied.
        await run.clean()
