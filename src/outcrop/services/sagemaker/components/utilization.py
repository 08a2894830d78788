"""How much of what they reserve the copies of an inference component use, told every minute.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.jobs.host import this_host
from outcrop.jobs.interface import Usage
from outcrop.operations import Backends
from outcrop.operations.background import call_without_request
from outcrop.storage.records.interface import Record

NAMESPACE = "/aws/sagemaker/InferenceComponents"
EVERY_SECONDS = 60.0
logger = logging.getLogger(__name__)


async def tell(backends: Backends, component: Record) -> None:
    """Put the metrics of a component as long as there is one."""
    before: tuple[str, Usage] | None = None
    while True:
        found = await backends.records.find(component.scope, component.name)
        if found is None or found.document["status"] == "Deleting":
            return
        current = found.document.get("current")
        usage = await backends.jobs.fleets.usage(current["fleet"]) if current else None
        if current and usage and before and before[0] == current["fleet"]:
            await _put(backends, found, normalized(before[1], usage, current))
        before = (current["fleet"], usage) if current and usage else None
        await asyncio.sleep(EVERY_SECONDS)


def normalized(
    before: Usage, after: Usage, step: Mapping[str, Any], *, seconds: float = EVERY_SECONDS
) -> Mapping[str, float]:
    """Return what copies use of what each of them reserves, in per cent.

    A copy that reserves no processors is compared with all that this machine has.

    Args:
        before: What they had taken some time ago.
        after: What they have taken by now.
        step: The copies: how many there are, and what each needs.
        seconds: How long ago.
    """
    copies = max(1, step["count"])
    need = step["need"]
    processors = copies * (need["cpus"] or this_host().cpus)
    # Copies that were started anew begin at none.
    busy = max(0.0, after.processor_seconds - before.processor_seconds) / seconds
    return {
        "CPUUtilizationNormalized": 100 * busy / processors,
        "MemoryUtilizationNormalized": 100
        * after.memory_bytes
        / (copies * (need["memory_mib"] << 20)),
    }


async def _put(backends: Backends, component: Record, values: Mapping[str, float]) -> None:
    place = component.scope
    call = call_without_request(
        backends,
        service="sagemaker",
        operation="CreateInferenceComponent",
        account=place.account,
        region=place.region,
    )
    dimensions = [{"Name": "InferenceComponentName", "Value": component.name}]
    now = backends.now()
    data = [
        {
            "MetricName": name,
            "Dimensions": dimensions,
            "Timestamp": now,
            "Value": round(value, 3),
            "Unit": "Percent",
        }
        for name, value in values.items()
    ]
    try:
        await call.ask("cloudwatch", "PutMetricData", Namespace=NAMESPACE, MetricData=data)
    except ServiceError as error:
        logger.warning("What %s uses could not be told: %s", component.name, error.message)
