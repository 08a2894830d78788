"""The functions of metric math."""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise

from outcrop.services.cloudwatch.metric_math.parsing import ExpressionError
from outcrop.services.cloudwatch.metric_math.series import TimeSeries, Value, all_moments

Function = Callable[[TimeSeries, Sequence[Value]], Value]
"""Takes an empty series of the request's moments, and the arguments."""
Change = Callable[[TimeSeries], TimeSeries]
Reduce = Callable[[Sequence[float]], float]

WORDS = frozenset(("REPEAT", "LINEAR", "AVG", "MIN", "MAX", "SUM", "ASC", "DESC"))
"""Names that are options and not ids."""


def _each(change: Change) -> Function:
    """Return the function that changes a series, or each series of an array."""

    def function(empty: TimeSeries, arguments: Sequence[Value]) -> Value:
        del empty
        match arguments:
            case [TimeSeries() as series]:
                return change(series)
            case [list() as array]:
                return [change(series) for series in array]
            case _:
                raise ExpressionError("The function takes a time series or an array of them")

    return function


def _mapped(change: Callable[[float], float | None]) -> Function:
    return _each(lambda series: series.mapped(change))


def _reduced(reduce: Reduce, *, counts_missing: bool = True) -> Function:
    """Return the function of a series that gives a number, and of an array that gives a series."""

    def function(empty: TimeSeries, arguments: Sequence[Value]) -> Value:
        match arguments:
            case [TimeSeries() as series]:
                return float(reduce(list(series.values.values()))) if series.values else 0.0
            case [list() as array]:
                return _across(array, empty)
            case _:
                raise ExpressionError("The function takes a time series or an array of them")

    def _across(array: Sequence[TimeSeries], empty: TimeSeries) -> TimeSeries:
        results: dict[int, float] = {}
        for moment in all_moments(array):
            found = [each.values[moment] for each in array if moment in each.values]
            missing = [0.0] * (len(array) - len(found)) if counts_missing else []
            results[moment] = float(reduce([*found, *missing]))
        return (array[0] if array else empty).with_values(results)

    return function


def _average(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _logarithm(log: Callable[[float], float]) -> Callable[[float], float | None]:
    return lambda value: log(value) if value > 0 else None


def _steps(difference: Callable[[int, float], float]) -> Function:
    """Return the function of what lies between each value and the one before it."""

    def change(series: TimeSeries) -> TimeSeries:
        steps = pairwise(sorted(series.values.items()))
        return series.with_values(
            {at: difference(at - before, value - last) for (before, last), (at, value) in steps}
        )

    return _each(change)


def _running_sum(series: TimeSeries) -> TimeSeries:
    total = 0.0
    sums: dict[int, float] = {}
    for moment, value in sorted(series.values.items()):
        total += value
        sums[moment] = total
    return series.with_values(sums)


def _calendar(part: Callable[[datetime], float]) -> Function:
    """Return the function that gives a part of the date at each moment, measured or not."""
    return _each(
        lambda series: series.with_values(
            {moment: part(datetime.fromtimestamp(moment, UTC)) for moment in series.moments}
        )
    )


def _fill(empty: TimeSeries, arguments: Sequence[Value]) -> Value:
    del empty
    match arguments:
        case [TimeSeries() as series, (float() | TimeSeries() | "REPEAT" | "LINEAR") as filler]:
            return _filled(series, filler)
        case [list() as array, (float() | TimeSeries() | "REPEAT" | "LINEAR") as filler]:
            return [_filled(series, filler) for series in array]
        case _:
            raise ExpressionError("FILL takes time series and a number, REPEAT or LINEAR")


def _filled(series: TimeSeries, filler: float | TimeSeries | str) -> TimeSeries:
    match filler:
        case "REPEAT":
            return series.with_values(_repeated(series))
        case "LINEAR":
            return series.with_values(_interpolated(series))
        case TimeSeries():
            return series.with_values({**filler.values, **series.values})
        case _:
            number = float(filler)
            return series.with_values({**dict.fromkeys(series.moments, number), **series.values})


def _repeated(series: TimeSeries) -> Mapping[int, float]:
    values: dict[int, float] = {}
    latest: float | None = None
    for moment in series.moments:
        latest = series.values.get(moment, latest)
        if latest is not None:
            values[moment] = latest
    return values


def _interpolated(series: TimeSeries) -> Mapping[int, float]:
    """Return the values with those between two of them on a line, and none beyond the last."""
    values = dict(series.values)
    for (start, first), (stop, last) in pairwise(sorted(series.values.items())):
        for moment in series.moments:
            if start < moment < stop:
                values[moment] = first + (last - first) * (moment - start) / (stop - start)
    return values


def _if(empty: TimeSeries, arguments: Sequence[Value]) -> Value:
    match arguments:
        case [float() | TimeSeries() as condition, float() | TimeSeries() as chosen]:
            return _chosen(empty, condition, chosen, None)
        case [
            float() | TimeSeries() as condition,
            float() | TimeSeries() as chosen,
            float() | TimeSeries() as other,
        ]:
            return _chosen(empty, condition, chosen, other)
        case _:
            raise ExpressionError("IF takes a condition and one or two values")


def _chosen(
    empty: TimeSeries,
    condition: float | TimeSeries,
    chosen: float | TimeSeries,
    other: float | TimeSeries | None,
) -> TimeSeries:
    if not isinstance(condition, TimeSeries):
        value = chosen if condition else other
        if isinstance(value, TimeSeries):
            return value
        return empty if value is None else _constant(empty, value)
    results: dict[int, float] = {}
    for moment, holds in condition.values.items():
        # A missing value counts as zero where the condition holds, and is dropped where not.
        value = _at(chosen, moment, 0.0) if holds else _at(other, moment, None)
        if value is not None:
            results[moment] = value
    return condition.with_values(results)


def _at(value: float | TimeSeries | None, moment: int, default: float | None) -> float | None:
    return value.values.get(moment, default) if isinstance(value, TimeSeries) else value


def _constant(empty: TimeSeries, number: float) -> TimeSeries:
    return empty.with_values(dict.fromkeys(empty.moments, number))


def _time_series(empty: TimeSeries, arguments: Sequence[Value]) -> Value:
    match arguments:
        case [float() as number]:
            return _constant(empty, number)
        case _:
            raise ExpressionError("TIME_SERIES takes a number")


def _period(empty: TimeSeries, arguments: Sequence[Value]) -> Value:
    del empty
    match arguments:
        case [TimeSeries() as series]:
            return float(series.period)
        case _:
            raise ExpressionError("PERIOD takes a metric")


def _of_array(name: str, function: Callable[[list[TimeSeries]], Value]) -> Function:
    def applied(empty: TimeSeries, arguments: Sequence[Value]) -> Value:
        del empty
        match arguments:
            case [list() as array]:
                return function(array)
            case [TimeSeries() as series]:
                return function([series])
            case _:
                raise ExpressionError(f"{name} takes an array of time series")

    return applied


def _end(index: int) -> Callable[[list[TimeSeries]], Value]:
    def taken(array: list[TimeSeries]) -> Value:
        if not array:
            raise ExpressionError("The array is empty")
        return array[index]

    return taken


def _slice(empty: TimeSeries, arguments: Sequence[Value]) -> Value:
    del empty
    match arguments:
        case [list() as array, float() as start]:
            return array[int(start) :]
        case [list() as array, float() as start, float() as stop]:
            return array[int(start) : int(stop)]
        case _:
            raise ExpressionError("SLICE takes an array and one or two numbers")


SORT_KEYS: Mapping[str, Reduce] = {"AVG": _average, "MIN": min, "MAX": max, "SUM": math.fsum}


def _sort(empty: TimeSeries, arguments: Sequence[Value]) -> Value:
    del empty
    match arguments:
        case [list() as array, str() as key, "ASC" | "DESC" as order, *limit] if key in SORT_KEYS:
            reduce = SORT_KEYS[key]
            # Series without values come last, in whatever order.
            filled = [series for series in array if series.values]
            filled.sort(
                key=lambda series: reduce(list(series.values.values())), reverse=order == "DESC"
            )
            ordered = [*filled, *(series for series in array if not series.values)]
            return ordered[: int(limit[0])] if limit and isinstance(limit[0], float) else ordered
        case _:
            raise ExpressionError("SORT takes an array, AVG, MIN, MAX or SUM, and ASC or DESC")


FUNCTIONS: Mapping[str, Function] = {
    "ABS": _mapped(abs),
    "AVG": _reduced(_average),
    "CEIL": _mapped(lambda value: float(math.ceil(value))),
    "DATAPOINT_COUNT": _reduced(len, counts_missing=False),
    "DATE": _calendar(lambda moment: moment.day),
    "DAY": _calendar(lambda moment: moment.isoweekday()),
    "DIFF": _steps(lambda _, difference: difference),
    "DIFF_TIME": _steps(lambda seconds, _: float(seconds)),
    "EPOCH": _calendar(lambda moment: moment.timestamp()),
    "FILL": _fill,
    "FIRST": _of_array("FIRST", _end(0)),
    "FLOOR": _mapped(lambda value: float(math.floor(value))),
    "HOUR": _calendar(lambda moment: moment.hour),
    "IF": _if,
    "LAST": _of_array("LAST", _end(-1)),
    "LOG": _mapped(_logarithm(math.log)),
    "LOG10": _mapped(_logarithm(math.log10)),
    "MAX": _reduced(max, counts_missing=False),
    "METRIC_COUNT": _of_array("METRIC_COUNT", lambda array: float(len(array))),
    "MIN": _reduced(min, counts_missing=False),
    "MINUTE": _calendar(lambda moment: moment.minute),
    "MONTH": _calendar(lambda moment: moment.month),
    "PERIOD": _period,
    "RATE": _steps(lambda seconds, difference: difference / seconds),
    "REMOVE_EMPTY": _of_array(
        "REMOVE_EMPTY", lambda array: [each for each in array if each.values]
    ),
    "RUNNING_SUM": _each(_running_sum),
    "SLICE": _slice,
    "SORT": _sort,
    "STDDEV": _reduced(statistics.pstdev, counts_missing=False),
    "SUM": _reduced(math.fsum),
    "TIME_SERIES": _time_series,
    "YEAR": _calendar(lambda moment: moment.year),
}
