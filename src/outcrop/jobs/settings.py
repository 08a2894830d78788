"""How programs are run."""

import os
from dataclasses import dataclass, field
from pathlib import Path


def _processors() -> int:
    return len(os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsSettings:
    """How jobs are run, and how many at once."""

    runtimes: Path
    """The folder of the runtimes' environments, which can be made again."""
    instances: int = field(default_factory=_processors)
    """Instances that run at once; further jobs wait in the order in which they came."""
    endpoint_instances: int = field(default_factory=lambda: max(16, 8 * _processors()))
    """Instances that all endpoints may have together: idle, each still takes memory."""
