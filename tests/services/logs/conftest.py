"""A client of CloudWatch Logs, and a group with a stream."""

import time
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def logs(client: Callable[..., Any]) -> Any:
    return client("logs")


@pytest.fixture
def stream(logs: Any) -> dict[str, str]:
    names = {"logGroupName": "/app/web", "logStreamName": "host-1"}
    logs.create_log_group(logGroupName=names["logGroupName"])
    logs.create_log_stream(**names)
    return names


@pytest.fixture
def now() -> int:
    """The time in milliseconds."""
    return int(time.time() * 1000)
