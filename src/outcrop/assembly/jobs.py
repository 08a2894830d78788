"""How programs are run."""

from collections.abc import Sequence
from pathlib import Path

from outcrop.jobs.jobs import Jobs
from outcrop.jobs.places import Places
from outcrop.jobs.process.runner import ProcessRunner
from outcrop.jobs.process.sandbox import SANDBOXES, Isolation
from outcrop.jobs.runtimes import ADDED_RUNTIMES, RuntimeStore, add_from
from outcrop.jobs.serving import Fleets
from outcrop.jobs.settings import JobsSettings


def make_jobs(settings: JobsSettings, data: Path, *, is_open: bool) -> Jobs:
    """Return what runs the jobs of a server.

    Args:
        settings: How.
        data: The folder of the server's own data.
        is_open: Only users of this machine reach the server.
    """
    add_from(data / ADDED_RUNTIMES)
    runner = ProcessRunner(data / "jobs" / "runs", isolations=_isolations(settings, is_open))
    return Jobs(
        runner=runner,
        runtimes=RuntimeStore(settings.runtimes),
        places=Places(settings.instances),
        fleets=Fleets(runner, data / "jobs" / "fleets", most=settings.endpoint_instances),
        directory=data / "jobs" / "files",
        hidden=(data,),
    )


def _isolations(settings: JobsSettings, is_open: bool) -> Sequence[Isolation]:
    match settings.sandbox:
        case "none":
            return ("none",)
        case "required":
            return SANDBOXES
        case "preferred":
            return (*SANDBOXES, "none")
        case "auto":
            return (*SANDBOXES, "none") if is_open else SANDBOXES
