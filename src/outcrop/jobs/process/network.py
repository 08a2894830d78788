"""Networks that some runs share, and that nobody else reaches: the loopback of one namespace.

The keepers of such runs hold their network open; another one takes it from any of them that lives.

Sources: network_namespaces(7), user_namespaces(7).
"""

import contextlib
import fcntl
import os
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outcrop.jobs.process import syscalls
from outcrop.jobs.process.folder import RunFolder

_LOCK = "networks.lock"


@dataclass(frozen=True, slots=True)
class Network:
    """The network of some runs, as a keeper holds it."""

    namespaces: Sequence[int]
    """Open files, in the order in which to enter them: a network belongs to a user namespace."""

    @classmethod
    def of(cls, process: int) -> "Network":
        """Return the network that a process is in, held open."""
        names = ("net",) if os.getuid() == 0 else ("user", "net")
        folder = Path(f"/proc/{process}/ns")
        return cls([os.open(folder / name, os.O_RDONLY | os.O_CLOEXEC) for name in names])

    def enter(self) -> None:
        """Let this process be in the network; root needs no user namespace for that."""
        for namespace in self.namespaces:
            syscalls.enter(namespace)


def find(run: RunFolder, peers: Sequence[str]) -> Network | None:
    """Return the network of a run's peers, held open here, too; `None`: none of them runs."""
    for peer in peers:
        if peer != run.path.name and (found := _held_by(run.path.with_name(peer))) is not None:
            return found
    return None


@contextlib.contextmanager
def one_at_a_time(run: RunFolder) -> Generator[None, None, None]:
    """Let no other keeper look for a network until this one has told of its own."""
    number = os.open(run.path.with_name(_LOCK), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


def _held_by(folder: Path) -> Network | None:
    run = RunFolder(folder)
    if not folder.exists() or (told := run.read("keeper")) is None:
        return None
    try:
        opened = [_open(told, number) for number in told["network"]]
    except OSError:  # The keeper has ended, and its process id may be another's.
        return None
    with run.locked() as is_free:
        if not is_free and opened:
            return Network(opened)
    for number in opened:
        os.close(number)
    return None


def _open(told: dict[str, Any], number: int) -> int:
    return os.open(f"/proc/{told['pid']}/fd/{number}", os.O_RDONLY | os.O_CLOEXEC)
