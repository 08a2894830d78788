"""Holds a run to its limits by looking at it now and then.

Where the kernel holds it to some of them itself (see `control_group`), looking tells that it did.
"""

import contextlib
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from outcrop.jobs.interface import Reason
from outcrop.jobs.process.control_group import ControlGroup
from outcrop.jobs.process.memory import family_of, held_bytes

LOOK_SECONDS = 0.5
SHORT_LOOK_SECONDS = 0.1
"""For a run that has taken half of its memory or disk."""
MOST_OF_THE_TIME = 0.05
"""What looking at files may take of a processor's time."""
BLOCK_BYTES = 512
"""Of `st_blocks`, stat(2)."""


class Watch:
    """Looks at one run."""

    def __init__(
        self, limits: Mapping[str, Any], group: ControlGroup | None, folders: Sequence[Path]
    ) -> None:
        self._memory: int | None = limits["memory_bytes"]
        self._processes: int | None = limits["processes"]
        self._disk: int | None = limits["disk_bytes"]
        self._group = group
        self._folders = folders
        self._next = self._next_at_files = 0.0

    def look(self, process: int) -> Reason | None:
        """Return which limit a process and its descendants have passed, if it is time to look."""
        now = time.monotonic()
        if now < self._next:
            return None
        used = 0.0
        if self._group is None:
            reason, used = self._look_at_processes(process)
        else:
            reason = self._look_at_group(self._group)
        if reason is None and self._disk is not None and now >= self._next_at_files:
            reason, used = self._look_at_files(self._disk)
        self._next = now + (SHORT_LOOK_SECONDS if used > 0.5 else LOOK_SECONDS)
        return reason

    def last_look(self) -> Reason | None:
        """Return which limit a run that has ended had passed."""
        return self._look_at_group(self._group) if self._group is not None else None

    def _look_at_group(self, group: ControlGroup) -> Reason | None:
        if group.is_out_of_memory():
            return "out-of-memory"
        return "too-many-processes" if group.has_too_many_processes() else None

    def _look_at_processes(self, process: int) -> tuple[Reason | None, float]:
        """Return the limit that was passed, and the part that is used of the memory."""
        if self._memory is None and self._processes is None:
            return None, 0
        family = family_of(process)
        if self._processes is not None and len(family) >= self._processes:
            return "too-many-processes", 1
        if self._memory is None:
            return None, 0
        used = sum(map(held_bytes, family)) / self._memory
        return ("out-of-memory" if used > 1 else None), used

    def _look_at_files(self, most: int) -> tuple[Reason | None, float]:
        """Return the limit that was passed, and the part that is used of the disk."""
        began = time.monotonic()
        used = sum(map(_bytes_below, self._folders)) / most
        ended = time.monotonic()
        self._next_at_files = ended + (ended - began) / MOST_OF_THE_TIME
        return ("out-of-disk" if used > 1 else None), used


def _bytes_below(folder: Path) -> int:
    """Return what the files below a folder take on the disk, each once; 0 if it is not there."""
    if not folder.is_dir():
        return 0
    total = 0
    seen: set[int] = set()
    for _, _, names, inside in os.fwalk(folder, follow_symlinks=False):
        for name in names:
            with contextlib.suppress(OSError):  # It has gone meanwhile.
                found = os.stat(name, dir_fd=inside, follow_symlinks=False)
                if found.st_nlink == 1 or found.st_ino not in seen:
                    total += found.st_blocks * BLOCK_BYTES
                    seen.add(found.st_ino)
    return total
