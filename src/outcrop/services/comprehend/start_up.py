"""What Comprehend does when the server starts: it goes on with the jobs that had not ended."""

from outcrop.operations import Backends
from outcrop.operations.service_jobs import resume
from outcrop.services.comprehend.kinds import JOBS


async def resume_all(backends: Backends) -> None:
    """Go on with all jobs that had not ended."""
    await resume(backends, *(jobs.family for jobs in JOBS))
