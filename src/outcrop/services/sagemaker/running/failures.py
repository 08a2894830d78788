"""Why the programs of a job failed, in their own words where they left some."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from outcrop.jobs.interface import End, Reason

LONGEST_FAILURE = 1024
PASSED_LIMITS: Mapping[Reason, str] = {
    "out-of-memory": (
        "took more memory than its instance has. Please use an instance type with more memory."
    ),
    "out-of-disk": "wrote more than its volume holds. Please give a larger VolumeSizeInGB.",
    "too-many-processes": "started more processes than an instance may have.",
}


def first_failed(hosts: Sequence[str], ends: Sequence[End]) -> tuple[str, End] | None:
    """Return the instance that went wrong first, not those that were stopped for it."""
    failed = [
        (host, end)
        for host, end in zip(hosts, ends, strict=True)
        if end.reason != "exited" or end.exit_code
    ]
    return min(failed, key=lambda one: (one[1].reason == "stopped", one[1].ended_at), default=None)


async def failure(host: str, end: End, message: Path | None, *, otherwise: str) -> str:
    """Return a job's FailureReason.

    Args:
        host: The instance that failed.
        end: How.
        message: The file in which its program may have said why.
        otherwise: What is told if it has not.
    """
    if end.reason == "lost":
        return f"InternalServerError: {host} was lost when the machine stopped."
    if (passed := PASSED_LIMITS.get(end.reason)) is not None:
        return f"ClientError: {host} {passed}"
    said = await asyncio.to_thread(read_message, message)
    code = f"exit code: {end.exit_code}"
    return f"AlgorithmError: {said or otherwise}, {code}"


def read_message(path: Path | None) -> str:
    """Return what a program wrote to a file, as much as is told; nothing if it wrote none."""
    if path is None or not path.is_file():
        return ""
    try:
        with path.open("rb") as file:
            return file.read(LONGEST_FAILURE).decode(errors="replace").strip()
    except OSError:
        return ""
