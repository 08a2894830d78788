"""The states of a job, whatever its kind.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from outcrop.operations import Call
from outcrop.storage.records.interface import Document

ENDED = ("Completed", "Failed", "Stopped")
LONGEST_RUN_SECONDS = 86_400
"""If the request names no limit."""


def new_job(
    call: Call, name: str, request: Mapping[str, Any], *, tags: Mapping[str, str], role: str
) -> Document:
    """Return the document of a job that begins."""
    now = call.backends.now()
    given: dict[str, Any] = {key: value for key, value in request.items() if key != "Tags"}
    stopping = {"MaxRuntimeInSeconds": LONGEST_RUN_SECONDS, **given.get("StoppingCondition", {})}
    document: Document = {
        "name": name,
        "run": uuid.uuid4().hex,
        "request": {**given, "StoppingCondition": stopping},
        "status": "InProgress",
        "transitions": [],
        "created": now,
        "endpoint_url": call.endpoint_url,
        "metrics": {},
        "role": role,
        "tags": tags,
    }
    return moved(document, "Starting", now, "Starting the training job")


def moved(document: Document, secondary: str, now: datetime, message: str) -> Document:
    """Return a job's document with a new secondary status, and the one before ended."""
    before = document["transitions"]
    if before and before[-1]["Status"] == secondary:
        return {**document, "modified": now}
    ended = [{**one, "EndTime": one.get("EndTime", now)} for one in before]
    current: dict[str, Any] = {"Status": secondary, "StartTime": now, "StatusMessage": message}
    if document["status"] in ENDED:
        current["EndTime"] = now
    return {
        **document,
        "secondary": secondary,
        "transitions": [*ended, current],
        "modified": now,
    }


def seconds_left(job: Document, now: datetime) -> float | None:
    """Return how long a job may still wait and run, together; `None`: as long as it takes."""
    longest = job["request"]["StoppingCondition"].get("MaxWaitTimeInSeconds")
    return None if longest is None else longest - (now - job["created"]).total_seconds()


def retries(request: Mapping[str, Any]) -> int:
    """Return how often a job is tried again after a failure that is not its own."""
    attempts: int = request.get("RetryStrategy", {}).get("MaximumRetryAttempts", 0)
    return attempts
