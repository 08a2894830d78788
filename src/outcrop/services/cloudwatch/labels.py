"""Labels of series: what tells them apart, or what the caller writes, with its dynamic parts.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/graph-dynamic-labels.html
"""

import re
from collections.abc import Callable, Mapping, Sequence

from outcrop.services.cloudwatch.metric_math import TimeSeries

DYNAMIC = re.compile(r"\$\{([^}]*)\}")
PROPERTY = re.compile(r"PROP\('([^']*)'\)")
FIGURES: Mapping[str, Callable[[Sequence[float]], float]] = {
    "AVG": lambda values: sum(values) / len(values),
    "SUM": sum,
    "MIN": min,
    "MAX": max,
    "FIRST": lambda values: values[0],
    "LAST": lambda values: values[-1],
    "DATAPOINT_COUNT": len,
}


def default_labels(properties: Sequence[Mapping[str, str]]) -> list[str]:
    """Return a label for each of some metrics: its name, and what else differs among them."""
    differing = [
        name for name in ("Stat", "Period") if len({each.get(name) for each in properties}) > 1
    ]
    dimensions = [tuple(v for k, v in each.items() if k.startswith("Dim.")) for each in properties]
    shows_dimensions = len(set(dimensions)) > 1
    labels: list[str] = []
    for each, values in zip(properties, dimensions, strict=True):
        parts = [*values] if shows_dimensions else []
        if len({other["MetricName"] for other in properties}) > 1 or not parts:
            parts.append(each["MetricName"])
        labels.append(" ".join((*parts, *(each[name] for name in differing))))
    return labels


def written_label(text: str, series: TimeSeries, default: str) -> str:
    """Return a caller's label with its dynamic parts filled in; unknown ones stay as they are."""

    def filled(found: re.Match[str]) -> str:
        name = found[1].strip()
        values = [value for _, value in sorted(series.values.items())]
        if name in FIGURES and values:
            return f"{FIGURES[name](values):g}"
        if name == "LABEL":
            return default
        if asked := PROPERTY.fullmatch(name):
            return series.properties.get(asked[1], found[0])
        return found[0]

    return DYNAMIC.sub(filled, text)
