"""What is kept of a job outside the records while it runs: programs, files, a log's offsets."""

import asyncio
import contextlib
import shutil
from collections.abc import Sequence

from outcrop.jobs.interface import UnknownRunError
from outcrop.jobs.jobs import Jobs
from outcrop.jobs.serving import Fleets
from outcrop.services.sagemaker.running.files import JobFiles
from outcrop.storage.records.interface import Document

FLEETS = "fleets"
"""In a job's folder: the programs that serve for it."""


def run_id(job: Document, host: str) -> str:
    """Return the id of the run of one of a job's instances."""
    return f"{job['run']}-{host}"


async def ask_to_end(jobs: Jobs, run_ids: Sequence[str]) -> None:
    """Ask programs to end; those that are not running are no error."""
    for one in run_ids:
        with contextlib.suppress(UnknownRunError):  # Not started yet, or over.
            await jobs.runner.stop(one)


async def drop(jobs: Jobs, files: JobFiles) -> None:
    """End the programs of a job and remove its files."""
    run_ids = [f"{files.folder.name}-{host}" for host in files.hosts()]
    await ask_to_end(jobs, run_ids)
    for one in run_ids:
        with contextlib.suppress(UnknownRunError):
            await jobs.runner.end(one)
        await jobs.runner.forget(one)
    await Fleets(jobs.local_runner, files.folder / FLEETS).close()
    await asyncio.to_thread(shutil.rmtree, files.folder, ignore_errors=True)
