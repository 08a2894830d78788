"""How much capacity a policy wants, by what its alarm has seen.

Sources:
https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html,
https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants a capacity to be."""

    count: int
    cause: str
    policy: str = ""


def decided(
    wishes: Sequence[Wish], count: int, suspended: Mapping[str, bool], *, keeps: bool
) -> Wish | None:
    """Return the wish that counts: the greatest, and a smaller capacity only if all agree."""
    more = [wish for wish in wishes if wish.count > count]
    if more:
        is_off = suspended.get("DynamicScalingOutSuspended", False)
        return None if is_off else max(more, key=lambda wish: wish.count)
    less = [wish for wish in wishes if wish.count < count]
    if less and not keeps and not suspended.get("DynamicScalingInSuspended", False):
        return max(less, key=lambda wish: wish.count)
    return None


def tracked(count: int, value: float | None, target: float, *, rises: bool) -> int:
    """Return the capacity that brings a metric to its target.

    Args:
        count: The capacity under which the metric was measured.
        value: The metric, in inverse proportion to the capacity; `None`: unknown.
        target: What it is to be.
        rises: Whether capacity is to be added, at least one; else it is taken away.
    """
    step = 1 if rises else -1
    if value is None:
        return count + step
    fitting = math.ceil(count * value / target)
    return max(fitting, count + 1) if rises else min(fitting, count - 1)


def stepped(
    count: int, value: float | None, threshold: float, configuration: Mapping[str, Any]
) -> int:
    """Return the capacity that a step policy wants; the same if no step fits.

    Args:
        count: The present capacity.
        value: The metric; `None`: unknown, as if it were the threshold.
        threshold: The alarm's.
        configuration: A `StepScalingPolicyConfiguration`.
    """
    breach = 0.0 if value is None else value - threshold
    for step in configuration.get("StepAdjustments", []):
        if _fits(breach, step):
            return _adjusted(count, step["ScalingAdjustment"], configuration)
    return count


def _fits(breach: float, step: Mapping[str, Any]) -> bool:
    """Tell whether a breach lies in a step, whose end farther from the threshold is not its own."""
    lower = step.get("MetricIntervalLowerBound", -math.inf)
    upper = step.get("MetricIntervalUpperBound", math.inf)
    return lower < breach <= upper if upper <= 0 else lower <= breach < upper


def _adjusted(count: int, adjustment: int, configuration: Mapping[str, Any]) -> int:
    match configuration.get("AdjustmentType", "ChangeInCapacity"):
        case "ExactCapacity":
            return adjustment
        case "PercentChangeInCapacity":
            change = count * adjustment / 100
            # Towards zero, but never to it.
            whole = math.trunc(change) or int(math.copysign(1, change)) if change else 0
            least = configuration.get("MinAdjustmentMagnitude", 0)
            if whole and abs(whole) < least:
                whole = int(math.copysign(least, whole))
            return count + whole
        case _:
            return count + adjustment
