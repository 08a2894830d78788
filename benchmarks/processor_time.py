"""What processes have had of the processors.

Source: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
"""

import os
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def processor_seconds(pid: int) -> float:
    """Return the seconds, of user and system, of a process and of those that it has started."""
    folder = Path(f"/proc/{pid}")
    fields = (folder / "stat").read_text(encoding="ascii").rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / _TICKS_PER_SECOND
    tasks = list((folder / "task").iterdir())
    children = [int(one) for task in tasks for one in (task / "children").read_text().split()]
    return own + sum(map(processor_seconds, children))
