"""How programs are run."""

import importlib.util
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from outcrop.assembly.errors import CannotStartError
from outcrop.jobs.docker.runner import DockerRunner
from outcrop.jobs.gpus import BadGpusError, Gpu, find_gpus
from outcrop.jobs.interface import THIS_MACHINE, Runner
from outcrop.jobs.jobs import Jobs
from outcrop.jobs.places import Places
from outcrop.jobs.process.runner import ProcessRunner
from outcrop.jobs.process.sandbox import SANDBOXES, Isolation
from outcrop.jobs.runtimes import (
    ADDED_RUNTIMES,
    RuntimeStore,
    add_from,
    run_images,
)
from outcrop.jobs.serving import Fleets
from outcrop.jobs.settings import JobsSettings

if TYPE_CHECKING:
    from outcrop.jobs.ray.cluster import Cluster


def make_jobs(settings: JobsSettings, data: Path, *, is_open: bool, url: str) -> Jobs:
    """Return what runs the jobs of a server.

    Args:
        settings: How.
        data: The folder of the server's own data.
        is_open: Only users of this machine reach the server.
        url: Where programs of this machine reach it.

    Raises:
        CannotStartError: See there.
    """
    add_from(data / ADDED_RUNTIMES)
    try:
        gpus = find_gpus(settings.gpus)
    except BadGpusError as error:
        raise CannotStartError(f"{error}.") from error
    processes = ProcessRunner(
        data / "jobs" / "runs", isolations=_isolations(settings, is_open), gpus=gpus
    )
    docker = _docker(settings, data, processes, gpus, url) if settings.runner == "docker" else None
    local = docker or processes
    return Jobs(
        runner=_ray(settings, data) if settings.runner == "ray" else local,
        is_local=settings.runner != "ray",
        local_runner=local,
        docker=docker,
        runtimes=RuntimeStore(settings.runtimes),
        places=Places(settings.instances, gpus=len(gpus)),
        gpus=len(gpus),
        fleets=Fleets(local, data / "jobs" / "fleets", most=settings.endpoint_instances),
        trackers=Fleets(local, data / "jobs" / "trackers", most=settings.tracking_servers),
        directory=data / "jobs" / "files",
        local_url=url,
        runner_url="" if settings.runner == "ray" else url,
        networks_url=_at_this_machine(url),
        hidden=(data,),
    )


def _docker(
    settings: JobsSettings,
    data: Path,
    local: ProcessRunner,
    gpus: Sequence[Gpu],
    url: str,
) -> DockerRunner:
    program = shutil.which("docker")
    if program is None:
        raise CannotStartError('[jobs] runner = "docker" needs Docker\'s client, `docker`.')
    run_images()
    docker = (program, "--config", str(Path.home() / ".docker"), "--host", settings.docker_host)
    return DockerRunner(local, data / "jobs" / "runs", docker=docker, gpus=gpus, url=url)


def _at_this_machine(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=f"{THIS_MACHINE}:{parts.port}").geturl()


def _ray(settings: JobsSettings, data: Path) -> Runner:
    if importlib.util.find_spec("ray") is None:
        raise CannotStartError(
            '[jobs] runner = "ray" needs Ray: pip install "outcrop[ray]", here and on each node.'
        )
    from outcrop.jobs.ray.runner import RayRunner

    def connect() -> "Cluster":
        from outcrop.jobs.ray.cluster import Cluster

        return Cluster.connect(settings.ray_address)

    return RayRunner(
        data / "jobs" / "ray",
        connect=connect,
        runtimes=settings.runtimes,
        endpoint_url=settings.ray_endpoint_url,
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
