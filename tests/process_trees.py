"""A process and all that it started, and the memory that they hold.

Source: https://man7.org/linux/man-pages/man5/proc_pid_status.5.html, proc_pid_clear_refs(5)
"""

import contextlib
from collections import defaultdict
from pathlib import Path

PEAK_IS_NOW = "5"
"""What, written to `clear_refs`, lets the peak begin anew."""


def tree(root: int) -> list[int]:
    """Return the ids of a process and of all below it."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):  # It may end meanwhile, or be no process.
            pid = int(folder.name)
            stat = (folder / "stat").read_text(encoding="utf-8")
            children[int(stat.rpartition(")")[2].split()[1])].append(pid)
    found = [root]
    for pid in found:
        found += children[pid]
    return found


def resident_mib(root: int) -> float:
    """Return how much a tree of processes holds now."""
    return sum(_told_mib(pid, "VmRSS") for pid in tree(root))


def peak_mib(root: int) -> float:
    """Return the sum of the most that each process has held since `forget_peaks`."""
    return sum(_told_mib(pid, "VmHWM") for pid in tree(root))


def forget_peaks(root: int) -> None:
    """Let the peaks of a tree begin anew."""
    for pid in tree(root):
        with contextlib.suppress(OSError):
            Path(f"/proc/{pid}/clear_refs").write_text(PEAK_IS_NOW, encoding="ascii")


def _told_mib(pid: int, name: str) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024
