"""What every runner promises.

A runner runs programs: it gives each its own root, host name and limits, keeps what it prints and
tells how it ended. A run outlives the process that started it, and is found again by its id.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol, TypeAlias, runtime_checkable

THIS_MACHINE = "this-machine.outcrop.internal"
"""What stands in variables of programs that have a `port` for this machine's address in their
network: URLs must have an address there, since clients put names of buckets before a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A directory of the host that a program sees, perhaps at another path."""

    source: Path
    target: str
    access: Literal["read", "write", "private"] = "read"
    """`private`: it may write, and nobody else sees what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a program may take; `None`: whatever there is."""

    cpus: int | None = None
    """Processors, at least 1."""
    gpus: int = 0
    """GPUs, where the runner knows of any; all others are hidden."""
    gpus_shared_with: Literal["nobody", "peers", "all"] = "nobody"
    """Who may have the same: the program's peers, which then have all of them, or everybody."""
    memory_bytes: int | None = None
    """Of all its processes together."""
    processes: int | None = None
    """It is ended when it has so many at once, threads included where the kernel counts them."""
    disk_bytes: int | None = None
    """Of all that it writes to its mounts and to temporary files."""
    seconds: float | None = None
    """From its start; then it is stopped as `Runner.stop` does."""
    grace_seconds: float = 120.0
    """From the signal that asks it to end (SIGTERM) to the one that ends it (SIGKILL)."""
    output_bytes: int = 1 << 30
    """Printed beyond that is dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program and the surroundings it runs in."""

    command: Sequence[str]
    environment: Mapping[str, str]
    """All of it: nothing of the server's own comes along."""
    directory: str
    """Where it starts, as it sees it."""
    image: str = ""
    """The container image that it is in, for runners that run images; then its command is what the
    image's own entry point is given, and it starts where the image says."""
    entrypoint: Sequence[str] = ()
    """In place of the image's own."""
    host_name: str = ""
    """Empty: the machine's own."""
    hosts: Mapping[str, str] = field(default_factory=dict[str, str])
    """IP addresses by the names under which the program finds them."""
    mounts: Sequence[Mount] = ()
    hidden: Sequence[Path] = ()
    """Directories that are empty for it."""
    has_network: bool = True
    peers: Sequence[str] = ()
    """The ids of runs that it reaches though it has no network, and that reach it."""
    port: int = 0
    """Where it listens in a network of its own, for runners that run images (`ReachingRunner`)."""
    limits: Limits = field(default_factory=Limits)


Reason: TypeAlias = Literal[
    "exited",
    "stopped",
    "timed-out",
    "out-of-memory",
    "out-of-disk",
    "too-many-processes",
    "lost",
]
"""Why a run is over: by itself, because somebody or its time limit stopped it, because it took more
than it may, or in a way that nobody saw (the machine was switched off)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How a run ended."""

    reason: Reason
    exit_code: int | None
    """128 and the signal's number for a program that a signal ended; `None` for a lost one."""
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """A line that a program printed on either of its outputs."""

    time: datetime
    text: str
    """Without the line's end; bytes that are not UTF-8 are replaced."""
    next_offset: int
    """Where the following line begins: what to ask for to go on behind this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What the processes of a run have taken so far, and take now."""

    processor_seconds: float
    """Of all its processes together, since they began."""
    memory_bytes: int


class CannotRunError(Exception):
    """The surroundings of a program could not be made; the message says what is missing."""


class GpusTakenError(CannotRunError):
    """Other programs have the GPUs that a program is to have alone; they end at some time."""


class UnknownRunError(Exception):
    """There is no run of this id."""


class Runner(Protocol):
    """Runs programs."""

    async def start(self, run_id: str, program: Program) -> None:
        """Start a program, unless there is a run of this id already.

        Raises:
            CannotRunError: It could not be started; `GpusTakenError`: not yet.
        """
        ...

    async def end(self, run_id: str) -> End:
        """Wait for the end of a run and return it.

        Raises:
            UnknownRunError: There is none of this id.
        """
        ...

    def lines(self, run_id: str, *, offset: int = 0) -> AsyncGenerator[Sequence[Line], None]:
        """Give what a run prints as it comes, from an offset on and until it is over.

        Raises:
            UnknownRunError: There is none of this id.
        """
        ...

    async def stop(self, run_id: str) -> None:
        """Ask a run to end, and end it after its grace; does not wait, and may be repeated.

        Raises:
            UnknownRunError: There is none of this id.
        """
        ...

    async def forget(self, run_id: str) -> None:
        """Remove what is kept of a run that is over; unknown ones are no error."""
        ...


@runtime_checkable
class MeasuringRunner(Protocol):
    """A runner that can tell what its runs take."""

    async def usage(self, run_id: str) -> Usage | None:
        """Return what a run takes; `None` if it does not run at the moment."""
        ...


@runtime_checkable
class ReachingRunner(Protocol):
    """A runner that can tell where programs that have a `port` are reached."""

    async def address(self, run_id: str) -> str | None:
        """Return the IP address of a run; `None` if it has none at the moment."""
        ...
