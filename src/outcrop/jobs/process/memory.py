"""How much memory and time a process and all its descendants take."""

import contextlib
import os
from collections import defaultdict
from pathlib import Path


def memory_of(process: int) -> int:
    """Return the bytes that a process and its descendants hold; what they share counts once.

    Source: `Pss` of /proc/PID/smaps_rollup, proc(5).
    """
    return sum(map(held_bytes, family_of(process)))


def family_of(process: int) -> list[int]:
    """Return the ids of a process and its descendants."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name, in parentheses, may itself hold spaces and parentheses.
            parent = path.read_text(errors="replace").rpartition(")")[2].split()[1]
            children[int(parent)].append(int(path.parent.name))
    family = [process]
    for member in family:
        family += children[member]
    return family


def processor_seconds(process: int) -> float:
    """Return the time that a process and its ended children had processors.

    Source: fields 14 to 17 of /proc/PID/stat, proc(5).
    """
    with contextlib.suppress(OSError):
        text = Path(f"/proc/{process}/stat").read_text(errors="replace")
        ticks = sum(map(int, text.rpartition(")")[2].split()[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK")
    return 0.0


def held_bytes(process: int) -> int:
    """Return the bytes that one process holds."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
