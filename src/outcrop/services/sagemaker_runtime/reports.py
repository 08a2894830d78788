"""What is told of invocations, some seconds later: metrics, and what is captured.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.jobs.serving import Route, Share
from outcrop.operations import Call
from outcrop.operations.background import call_without_request
from outcrop.services.sagemaker_runtime.capture import place_of
from outcrop.services.sagemaker_runtime.metrics import (
    OF_COMPONENTS,
    OF_VARIANTS,
    Metric,
    Report,
    of_serverless,
)

NAMESPACE = "AWS/SageMaker"
EVERY_SECONDS = 5.0
MOST_VALUES, MOST_METRICS = 150, 1000
"""Of a datum, and of a request to CloudWatch."""
logger = logging.getLogger(__name__)


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
    serverless = route.details.get("serverless", {}).get(share.name)
    metrics = of_serverless(serverless) if serverless else OF_VARIANTS
    told = [(variant, datum) for datum in _metrics(answered, metrics)]
    if component := route.details.get("component"):
        own = [{"Name": "InferenceComponentName", "Value": component}]
        told += [(own, datum) for datum in _metrics(answered, OF_COMPONENTS)]
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


def _metrics(reports: Sequence[Report], metrics: Sequence[Metric]) -> Iterator[dict[str, Any]]:
    for metric in metrics:
        yield from _data(metric.name, [metric.of(one) for one in reports], metric.unit)


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
