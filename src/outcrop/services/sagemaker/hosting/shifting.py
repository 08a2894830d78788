"""How requests move from one deployment to the next: at once or in steps, watched by alarms.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html
"""

import asyncio
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outcrop.operations import Call
from outcrop.services.sagemaker.hosting.deployments import in_production
from outcrop.services.sagemaker.hosting.errors import DeploymentFailedError
from outcrop.storage.records.interface import Document

LOOK_SECONDS = 1.0
"""Between looks at the alarms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifting:
    """The way of one update."""

    parts: Sequence[float]
    """Of the requests that the new deployment gets, step by step; the last one is 1."""
    wait_seconds: float
    """After each step."""
    end_seconds: float
    """From the last step's end to that of the old deployment."""
    alarms: Sequence[str]
    is_rolling: bool = False
    """Whether instances come and go with the requests, step by step."""
    longest_seconds: float | None = None
    """For all of it."""

    @classmethod
    def of(cls, deploying: Mapping[str, Any], deployment: Document) -> "Shifting":
        """Return the way that a `DeploymentConfig` asks for."""
        policy: Mapping[str, Any] = deploying.get("BlueGreenUpdatePolicy", {})
        routing: Mapping[str, Any] = policy.get("TrafficRoutingConfiguration", {})
        rolling: Mapping[str, Any] | None = deploying.get("RollingUpdatePolicy")
        instances: int = sum(variant["count"] for variant in in_production(deployment))
        told = deploying.get("AutoRollbackConfiguration", {}).get("Alarms", [])
        alarms = [one["AlarmName"] for one in told if "AlarmName" in one]
        if rolling:
            return cls(
                parts=_steps(_part(rolling["MaximumBatchSize"], instances)),
                wait_seconds=rolling["WaitIntervalInSeconds"],
                end_seconds=0,
                alarms=alarms,
                is_rolling=True,
                longest_seconds=rolling.get("MaximumExecutionTimeoutInSeconds"),
            )
        return cls(
            parts=_parts(routing, instances),
            wait_seconds=routing.get("WaitIntervalInSeconds", 0),
            end_seconds=policy.get("TerminationWaitInSeconds", 0),
            alarms=alarms,
        )

    async def bake(self, call: Call, seconds: float) -> None:
        """Wait, as long as no alarm is raised.

        Raises:
            DeploymentFailedError: One is.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while True:
            await self._look(call)
            if loop.time() >= until:
                return
            await asyncio.sleep(min(LOOK_SECONDS, max(0.0, until - loop.time())))

    async def _look(self, call: Call) -> None:
        if not self.alarms:
            return
        found = await call.ask("cloudwatch", "DescribeAlarms", AlarmNames=list(self.alarms))
        for kind in ("MetricAlarms", "CompositeAlarms"):
            for alarm in found.get(kind, []):
                if alarm["StateValue"] == "ALARM":
                    raise DeploymentFailedError(
                        "One or more configured alarms went into ALARM state:"
                        f" {alarm['AlarmName']}. The endpoint was rolled back."
                    )


def _parts(routing: Mapping[str, Any], instances: int) -> list[float]:
    match routing.get("Type", "ALL_AT_ONCE"):
        case "CANARY":
            return [_part(routing.get("CanarySize", {}), instances), 1.0]
        case "LINEAR":
            return _steps(_part(routing.get("LinearStepSize", {}), instances))
        case _:
            return [1.0]


def _steps(step: float) -> list[float]:
    count = max(1, math.ceil(1 / step - 0.01))
    return [min(1.0, step * number) for number in range(1, count)] + [1.0]


def _part(size: Mapping[str, Any], instances: int) -> float:
    """Return a `CapacitySize` as a part of the whole."""
    value = float(size.get("Value", 1))
    whole = 100.0 if size.get("Type") == "CAPACITY_PERCENT" else float(max(1, instances))
    return min(1.0, max(0.01, value / whole))
