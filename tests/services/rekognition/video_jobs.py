"""Jobs over films: where tests put the films, and how they wait for the jobs' ends."""

import time
from collections.abc import Callable
from typing import Any, TypeAlias

PutVideo: TypeAlias = Callable[[str, bytes], dict[str, Any]]
"""Puts a film into the test's bucket and returns it as requests name it."""


def ended(get: Callable[..., Any], job: str, **more: Any) -> Any:
    """Ask until a job has ended, as programs do."""
    deadline = time.monotonic() + 300
    while (answer := get(JobId=job, **more))["JobStatus"] == "IN_PROGRESS":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return answer
