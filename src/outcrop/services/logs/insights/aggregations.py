"""The functions of `stats`, each over the rows of a group.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Stats.html
"""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence

from outcrop.services.logs.insights.rows import Row, Value, as_number, as_text

Aggregation = Callable[[Sequence[Row], Sequence[Sequence[Value]]], Value]
"""Takes the rows of a group, and for each argument its values in them."""


def _of_numbers(reduce: Callable[[Sequence[float]], float]) -> Aggregation:
    def aggregation(rows: Sequence[Row], arguments: Sequence[Sequence[Value]]) -> Value:
        del rows
        found = [number for value in arguments[0] if (number := as_number(value)) is not None]
        return float(reduce(found)) if found else None

    return aggregation


def _count(rows: Sequence[Row], arguments: Sequence[Sequence[Value]]) -> Value:
    if not arguments:
        return float(len(rows))
    return float(sum(value is not None for value in arguments[0]))


def _count_distinct(rows: Sequence[Row], arguments: Sequence[Sequence[Value]]) -> Value:
    del rows
    return float(len({as_text(value) for value in arguments[0] if value is not None}))


def _percentile(rows: Sequence[Row], arguments: Sequence[Sequence[Value]]) -> Value:
    del rows
    numbers = sorted(n for value in arguments[0] if (n := as_number(value)) is not None)
    percent = as_number(arguments[1][0]) if len(arguments) > 1 and arguments[1] else None
    if not numbers or percent is None:
        return None
    return numbers[max(math.ceil(percent / 100 * len(numbers)), 1) - 1]


def _at_end(*, latest: bool) -> Aggregation:
    def aggregation(rows: Sequence[Row], arguments: Sequence[Sequence[Value]]) -> Value:
        pairs = zip(rows, arguments[0], strict=True)
        times = [
            (as_number(row.get("@timestamp")) or 0.0, value)
            for row, value in pairs
            if value is not None
        ]
        times.sort(key=lambda pair: pair[0], reverse=latest)
        return times[0][1] if times else None

    return aggregation


def _in_order(choose: Callable[[Sequence[str]], str]) -> Aggregation:
    def aggregation(rows: Sequence[Row], arguments: Sequence[Sequence[Value]]) -> Value:
        del rows
        texts = [as_text(value) for value in arguments[0] if value is not None]
        return choose(texts) if texts else None

    return aggregation


AGGREGATIONS: Mapping[str, Aggregation] = {
    "avg": _of_numbers(statistics.fmean),
    "count": _count,
    "count_distinct": _count_distinct,
    "max": _of_numbers(max),
    "min": _of_numbers(min),
    "pct": _percentile,
    "percentile": _percentile,
    "stddev": _of_numbers(statistics.pstdev),
    "sum": _of_numbers(math.fsum),
    "earliest": _at_end(latest=False),
    "latest": _at_end(latest=True),
    "sortsfirst": _in_order(min),
    "sortslast": _in_order(max),
}
