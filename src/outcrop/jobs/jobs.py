"""What services run their jobs with."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from outcrop.jobs.docker.runner import DockerRunner
from outcrop.jobs.interface import Runner
from outcrop.jobs.places import Places
from outcrop.jobs.runtimes import RuntimeStore
from outcrop.jobs.serving import Fleets


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    """The runners and what they need."""

    runner: Runner
    local_runner: Runner
    """Runs on this machine what the server speaks with: programs that serve."""
    runtimes: RuntimeStore
    places: Places
    fleets: Fleets
    trackers: Fleets
    """The servers that keep what runs log: programs with files of their own."""
    directory: Path
    """Where the files of jobs lie while they run."""
    local_url: str = ""
    """Where programs of `local_runner` reach the server; empty: where its clients do."""
    runner_url: str = ""
    """Where those of `runner` do."""
    networks_url: str = ""
    """Where programs that have a port, in networks of their own, do; with `THIS_MACHINE`."""
    is_local: bool = True
    """Whether `runner` runs programs on this machine, too."""
    gpus: int = 0
    """Those of this machine that programs may have."""
    hidden: tuple[Path, ...] = ()
    """What no program sees: the server's own data."""
    docker: DockerRunner | None = None
    """What runs containers, if anything does."""

    async def close(self) -> None:
        """End what only this server asks, and leave everything else to the next."""
        async with AsyncExitStack() as closing:
            if self.docker is not None:
                closing.push_async_callback(self.docker.close)
            closing.push_async_callback(self.fleets.close)
            closing.push_async_callback(self.trackers.close)
