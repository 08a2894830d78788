"""What a container takes, as the kernel counts it for its control groups.

Sources: cgroups(7), the kernel's admin guide: cgroup-v2, cgroup-v1/cpuacct, cgroup-v1/memory.
"""

from pathlib import Path

from outcrop.jobs.interface import Usage

ROOT = Path("/sys/fs/cgroup")


def usage_of(process: int) -> Usage | None:
    """Return what the container of a process takes; `None` if it has gone."""
    try:
        lines = Path(f"/proc/{process}/cgroup").read_text(encoding="ascii").splitlines()
        groups = {
            name: path.lstrip("/")
            for _, names, path in (line.split(":", 2) for line in lines)
            for name in names.split(",")
        }
        if "cpuacct" in groups:
            return _of_version_1(
                ROOT / "cpuacct" / groups["cpuacct"], ROOT / "memory" / groups["memory"]
            )
        return _of_version_2(ROOT / groups[""])
    except (OSError, KeyError):
        return None


def _of_version_1(processor: Path, memory: Path) -> Usage:
    return Usage(
        processor_seconds=_number(processor / "cpuacct.usage") / 1e9,
        memory_bytes=_number(memory / "memory.usage_in_bytes"),
    )


def _of_version_2(group: Path) -> Usage:
    counts = dict(
        line.split() for line in (group / "cpu.stat").read_text(encoding="ascii").splitlines()
    )
    return Usage(
        processor_seconds=int(counts["usage_usec"]) / 1e6,
        memory_bytes=_number(group / "memory.current"),
    )


def _number(path: Path) -> int:
    return int(path.read_text(encoding="ascii"))
