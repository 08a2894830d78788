"""A client of CloudWatch and a minute to count from."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

MINUTE = timedelta(minutes=1)


@pytest.fixture
def cloudwatch(client: Callable[..., Any]) -> Any:
    return client("cloudwatch")


@pytest.fixture
def minute() -> datetime:
    """The start of the present minute."""
    return datetime.now(UTC).replace(second=0, microsecond=0)


@pytest.fixture
def put(cloudwatch: Any) -> Callable[..., None]:
    """Put one datum of namespace `N`: `put("latency", Value=1.0)`."""

    def put_one(name: str, **datum: Any) -> None:
        cloudwatch.put_metric_data(Namespace="N", MetricData=[{"MetricName": name, **datum}])

    return put_one
