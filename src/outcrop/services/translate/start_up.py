"""What Translate does when the server starts: go on with its jobs."""

from outcrop.operations import Backends
from outcrop.operations.service_jobs import resume as resume_jobs
from outcrop.services.translate.job_results import drop_of_ended
from outcrop.services.translate.job_runs import JOBS


async def resume(backends: Backends) -> None:
    """Take up all work that an earlier run left."""
    await resume_jobs(backends, JOBS)
    await drop_of_ended(backends, JOBS)
