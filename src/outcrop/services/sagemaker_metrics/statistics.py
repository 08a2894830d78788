"""Statistics of a metric's data: one value for each step or period.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_metrics_MetricQuery.html
"""

import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from outcrop.storage.records.interface import Document

PERIODS_SECONDS = {"OneMinute": 60, "FiveMinute": 300, "OneHour": 3600}
STATISTICS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Min": min,
    "Max": max,
    "Avg": statistics.fmean,
    "Count": lambda values: float(len(values)),
    "StdDev": statistics.pstdev,
    "Last": lambda values: values[-1],
}
"""Of values in the order of time."""


def points_of(data: Sequence[Document], period: str, statistic: str) -> list[tuple[int, float]]:
    """Return the value for each step, or each period by its start in seconds since 1970."""
    groups: defaultdict[int, list[float]] = defaultdict(list)
    for datum in sorted(data, key=lambda datum: datum["Timestamp"]):
        at = _place(datum, period)
        if at is not None:
            groups[at].append(datum["Value"])
    return [(at, STATISTICS[statistic](groups[at])) for at in sorted(groups)]


def _place(datum: Document, period: str) -> int | None:
    if period == "IterationNumber":
        return datum.get("Step")
    seconds = PERIODS_SECONDS[period]
    return int(datum["Timestamp"].timestamp()) // seconds * seconds
