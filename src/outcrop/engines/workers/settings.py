"""What can be set of worker processes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """How long things may take; `None` is for ever."""

    start_timeout_seconds: float = 300.0
    """From spawn to ready: large weights on slow disks take minutes."""
    idle_seconds: float | None = 600.0
    """Without a request for so long, the process is stopped; the next request starts it again."""
    stop_grace_seconds: float = 5.0
    """Between hanging up and killing."""
