"""The kernel's own limits on memory and on how many processes there are, where it allows them.

Sources: cgroups(7), the kernel's admin guide: cgroup-v2, cgroup-v1/memory, cgroup-v1/pids.
"""

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path("/sys/fs/cgroup")
NEEDED = ("memory", "pids")
MEMORY_LIMITS = ("memory.max", "memory.limit_in_bytes")
"""Files of version 2 and 1."""


@dataclass(frozen=True, slots=True)
class ControlGroup:
    """A group that a program and all its descendants are in."""

    folders: Sequence[Path]
    """One in version 2, one for each controller in version 1."""

    @classmethod
    def make(cls, name: str, limits: Mapping[str, Any]) -> "ControlGroup | None":
        """Make a group with limits; `None` if this process may not."""
        folders: list[Path] = []
        group = cls(folders)
        try:
            for parent in _parents():
                folder = parent / name
                folder.mkdir(exist_ok=True)
                folders.append(folder)
            group._limit(limits)
        except OSError:
            remove(map(str, folders))
            return None
        return group

    def enter(self) -> None:
        """Put this process into the group, and with it all that it will start."""
        for folder in self.folders:
            (folder / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")

    def is_out_of_memory(self) -> bool:
        """Tell whether the kernel has ended a process because the group took too much."""
        counts = (*self._read("memory.events"), *self._read("memory.oom_control"))
        return any(name == "oom_kill" and count != "0" for name, count in counts)

    def has_too_many_processes(self) -> bool:
        """Tell whether the kernel has refused to start one more."""
        return any(name == "max" and count != "0" for name, count in self._read("pids.events"))

    def _limit(self, limits: Mapping[str, Any]) -> None:
        if (memory := limits["memory_bytes"]) is not None:
            written = [_write(folder, name, memory) for folder, name in self._with(MEMORY_LIMITS)]
            if not written:
                raise FileNotFoundError("memory")
            for folder, name in self._with(("memory.swap.max",)):
                _write(folder, name, 0)
        if (processes := limits["processes"]) is not None:
            for folder, name in self._with(("pids.max",)):
                _write(folder, name, processes)

    def _with(self, names: Iterable[str]) -> Iterator[tuple[Path, str]]:
        for folder in self.folders:
            for name in names:
                if (folder / name).exists():
                    yield folder, name

    def _read(self, name: str) -> Iterator[list[str]]:
        for folder, file in self._with((name,)):
            for line in (folder / file).read_text(encoding="ascii").splitlines():
                yield line.split()


def remove(folders: Iterable[str]) -> None:
    """Remove a group in which no process is left; one that has gone is no error."""
    for folder in folders:
        with contextlib.suppress(OSError):
            Path(folder).rmdir()


def _write(folder: Path, name: str, value: int) -> None:
    (folder / name).write_text(str(value), encoding="ascii")


def _parents() -> list[Path]:
    """Return where groups are to be made.

    Raises:
        OSError: Nowhere.
    """
    memberships = [
        line.split(":", 2)
        for line in Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines()
    ]
    paths = {name: path for _, names, path in memberships for name in names.split(",")}
    if all(name in paths for name in NEEDED):
        return [ROOT / name / paths[name].lstrip("/") for name in NEEDED]
    folder = ROOT / paths.get("", "").lstrip("/")
    delegated = (folder / "cgroup.subtree_control").read_text(encoding="ascii").split()
    if not all(name in delegated for name in NEEDED):
        raise PermissionError(f"{folder} passes no control on")
    return [folder]
