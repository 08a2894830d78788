"""What is told of invocations, some seconds later: metrics, and what is captured.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.jobs.serving import Route, Share
from outcrop.operations import Call
from outcrop.operations.background import call_without_request
from outcrop.services.sagemaker_runtime.capture import place_of

NAMESPACE = "AWS/SageMaker"
EVERY_SECONDS = 5.0
VARIANT = ("InvocationsPerInstance", "ConcurrentRequestsPerModel")
COMPONENT = ("InvocationsPerCopy", "ConcurrentRequestsPerCopy")
"""What metrics are called that tell of each instance, or of each copy."""
MOST_VALUES, MOST_METRICS = 150, 1000
"""Of a datum, and of a request to CloudWatch."""
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is to be told of one invocation."""

    status: int
    """The container's, 0 for one that did not answer."""
    model_seconds: float
    """From the request to the container to the end of its answer."""
    overhead_seconds: float
    """The rest."""
    at_once: int = 1
    """How many requests were under way when it began, itself among them."""
    size: int = 1
    """How many instances or copies there were."""
    has_capacity: bool = True
    """Whether there was a copy to ask."""
    line: str = ""
    """What is captured of it."""

    @classmethod
    def of_no_capacity(cls) -> "Report":
        """Return what is told of a request that no copy was there for."""
        return cls(status=400, model_seconds=0, overhead_seconds=0, has_capacity=False)


def report(call: Call, endpoint: str, route: Route, share: Share, what: Report) -> None:
    """Have something told soon."""
    share.notes.append(what)
    call.backends.background.wake(
        f"sagemaker-runtime/reports/{id(share)}",
        partial(_tell_later, call, endpoint, route, share),
    )


async def _tell_later(call: Call, endpoint: str, route: Route, share: Share) -> None:
    try:
        await asyncio.sleep(EVERY_SECONDS)
    finally:  # A server that stops tells it at once.
        reports: list[Report] = [share.notes.popleft() for _ in range(len(share.notes))]
        try:
            if reports:
                await _put_metrics(call, endpoint, route, share, reports)
            lines = [one.line for one in reports if one.line]
            if lines:
                await _put_lines(call, endpoint, route, share, lines)
        except ServiceError as error:
            logger.warning("What %s was asked could not be told: %s", endpoint, error.message)


async def _put_metrics(
    call: Call, endpoint: str, route: Route, share: Share, reports: Sequence[Report]
) -> None:
    variant = [
        {"Name": "EndpointName", "Value": endpoint},
        {"Name": "VariantName", "Value": share.name},
    ]
    now = call.backends.now()
    answered = [one for one in reports if one.has_capacity]
    told = [(variant, datum) for datum in _metrics(answered, VARIANT)]
    if component := route.details.get("component"):
        own = [{"Name": "InferenceComponentName", "Value": component}]
        told += [(own, datum) for datum in _metrics(answered, COMPONENT)]
        told += [(own, datum) for datum in _failures(len(reports) - len(answered))]
    data = [{"Timestamp": now, "Dimensions": whose, **datum} for whose, datum in told]
    for start in range(0, len(data), MOST_METRICS):
        await call.ask(
            "cloudwatch",
            "PutMetricData",
            Namespace=NAMESPACE,
            MetricData=data[start : start + MOST_METRICS],
        )


def _failures(count: int) -> Iterator[dict[str, Any]]:
    if count:
        yield from _data("NoCapacityInvocationFailures", [1.0] * count, "Count")


def _metrics(reports: Sequence[Report], names: tuple[str, str]) -> Iterator[dict[str, Any]]:
    each, concurrent = names
    for name, values, unit in (
        ("Invocations", [1.0 for _ in reports], "None"),
        (concurrent, [one.at_once / one.size for one in reports], "Count"),
        (each, [1 / one.size for one in reports], "None"),
        ("Invocation4XXErrors", [float(400 <= one.status < 500) for one in reports], "None"),
        ("Invocation5XXErrors", [float(_is_fault(one.status)) for one in reports], "None"),
        ("ModelLatency", [_microseconds(one.model_seconds) for one in reports], "Microseconds"),
        (
            "OverheadLatency",
            [_microseconds(one.overhead_seconds) for one in reports],
            "Microseconds",
        ),
    ):
        yield from _data(name, values, unit)


def _data(name: str, values: Iterable[float], unit: str) -> Iterator[dict[str, Any]]:
    counted = list(Counter(values).items())
    for start in range(0, len(counted), MOST_VALUES):
        some = counted[start : start + MOST_VALUES]
        yield {
            "MetricName": name,
            "Values": [value for value, _ in some],
            "Counts": [float(count) for _, count in some],
            "Unit": unit,
        }


def _is_fault(status: int) -> bool:
    return not status or status >= 500


def _microseconds(seconds: float) -> float:
    return float(round(seconds * 1e6))


async def _put_lines(
    call: Call, endpoint: str, route: Route, share: Share, lines: Sequence[str]
) -> None:
    """Store what was captured, as the model's role."""
    as_role = call_without_request(
        call.backends,
        service="sagemaker",
        operation=call.operation,
        account=call.account,
        region=call.region,
        role=route.details["roles"][share.name],
    )
    bucket, key = place_of(
        route.details["capture"],
        endpoint=endpoint,
        variant=share.name,
        now=call.backends.now(),
    )
    body = "".join(f"{line}\n" for line in lines).encode()
    await as_role.objects.write(bucket, key, body, content_type="application/jsonlines")
