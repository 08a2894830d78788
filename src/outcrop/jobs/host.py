"""What this machine has for programs."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LEFT_TO_THE_REST = 8
"""One part in so many of the memory is for the server and all else."""
_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Processors and memory for programs."""

    cpus: int
    memory_bytes: int


@cache
def this_host() -> Host:
    """Return what this machine, or the container that this is, has for programs."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for path in map(Path, _LIMITS):
        text = path.read_text(encoding="ascii").strip() if path.exists() else ""
        if text.isdecimal():
            memory = min(memory, int(text))
    return Host(cpus=len(os.sched_getaffinity(0)), memory_bytes=memory - memory // LEFT_TO_THE_REST)
