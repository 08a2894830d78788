"""How programs are run."""

from pathlib import Path

from outcrop.jobs.jobs import Jobs
from outcrop.jobs.places import Places
from outcrop.jobs.process.runner import ProcessRunner
from outcrop.jobs.runtimes import RuntimeStore
from outcrop.jobs.serving import Fleets
from outcrop.jobs.settings import JobsSettings


def make_jobs(settings: JobsSettings, data: Path) -> Jobs:
    """Return what runs the jobs of a server whose own data lie in a folder."""
    runner = ProcessRunner(data / "jobs" / "runs")
    return Jobs(
        runner=runner,
        runtimes=RuntimeStore(settings.runtimes),
        places=Places(settings.instances),
        fleets=Fleets(runner, data / "jobs" / "fleets", most=settings.endpoint_instances),
        directory=data / "jobs" / "files",
        hidden=(data,),
    )
