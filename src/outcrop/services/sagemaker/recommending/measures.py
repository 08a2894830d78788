"""What a load test has seen, and when it has seen enough.

Source:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_RecommendationJobStoppingConditions.html
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outcrop.services.sagemaker.recommending.errors import RecommendingFailedError

DEFAULT_PERCENTILE = "P95"
PERCENTILES = {"P95": 0.95, "P99": 0.99}
FLAT = 1.05
"""More users have the instance answer more if it is so many times as much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One stretch of a load test."""

    users: int
    seconds: float
    latencies: Sequence[float]
    """Of the requests that were answered, in seconds."""
    errors: int
    processor_percent: float | None = None
    """Of one processor: 200 for two that were busy all the time."""
    memory_percent: float | None = None
    """Of what the instance has here."""

    @property
    def per_minute(self) -> float:
        """Answers a minute."""
        return 60 * len(self.latencies) / self.seconds

    def latency(self, percentile: str) -> float:
        """Return the seconds within which such a part of the requests was answered."""
        ordered = sorted(self.latencies)
        return ordered[max(0, math.ceil(PERCENTILES[percentile] * len(ordered)) - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """When a load test ends before its traffic does."""

    percentile: str = DEFAULT_PERCENTILE
    most_seconds: float | None = None
    """Of the percentile."""
    most_per_minute: int | None = None
    ends_when_flat: bool = True

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Conditions":
        """Read `StoppingConditions`."""
        (threshold,) = given.get("ModelLatencyThresholds", [{}])
        limit = threshold.get("ValueInMilliseconds")
        return cls(
            percentile=threshold.get("Percentile", DEFAULT_PERCENTILE),
            most_seconds=None if limit is None else limit / 1000,
            most_per_minute=given.get("MaxInvocations"),
            ends_when_flat=given.get("FlatInvocations", "Stop") == "Stop",
        )

    def are_met(self, seen: Sequence[Seen]) -> bool:
        """Tell whether a test that has seen so much is over."""
        last = seen[-1]
        if not last.latencies:
            return True
        if self._is_slow(last):
            return True
        if self.most_per_minute is not None and last.per_minute >= self.most_per_minute:
            return True
        return self.ends_when_flat and self._is_flat(seen)

    def best(self, seen: Sequence[Seen]) -> Seen:
        """Return the stretch with the most answers a minute within the latency.

        Raises:
            RecommendingFailedError: There is none.
        """
        within = [one for one in seen if one.latencies and not self._is_slow(one)]
        if not within:
            raise RecommendingFailedError(
                f"At no time was the latency ({self.percentile}) within the threshold."
            )
        return max(within, key=lambda one: one.per_minute)

    def _is_slow(self, one: Seen) -> bool:
        return self.most_seconds is not None and one.latency(self.percentile) > self.most_seconds

    @staticmethod
    def _is_flat(seen: Sequence[Seen]) -> bool:
        """Tell whether the last users that joined have added nothing."""
        last = seen[-1]
        fewer = [one.per_minute for one in seen if one.users < last.users]
        return bool(fewer) and last.per_minute < FLAT * max(fewer)


def metrics(best: Seen, percentile: str) -> Mapping[str, Any]:
    """Return what a stretch shows, as `RecommendationMetrics` has it; latency in microseconds."""
    told: dict[str, Any] = {
        "MaxInvocations": int(best.per_minute),
        "ModelLatency": round(best.latency(percentile) * 1e6),
    }
    if best.processor_percent is not None and best.memory_percent is not None:
        told["CpuUtilization"] = round(best.processor_percent, 2)
        told["MemoryUtilization"] = round(best.memory_percent, 2)
    return told
