"""Queries of GetMetricData, which alarms use too: metrics, expressions and searches.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from outcrop.operations import Call
from outcrop.services.cloudwatch import shapes
from outcrop.services.cloudwatch.aggregates import Aggregate
from outcrop.services.cloudwatch.labels import default_labels
from outcrop.services.cloudwatch.metric_math import (
    Environment,
    ExpressionError,
    Node,
    TimeSeries,
    Value,
    evaluate,
    names_in,
    parse,
    uses,
)
from outcrop.services.cloudwatch.periods import TimeRange, by_period, check_period
from outcrop.services.cloudwatch.search_calls import (
    SearchCall,
    searches_in,
    with_searches_named,
)
from outcrop.services.cloudwatch.search_expressions import Search
from outcrop.services.cloudwatch.series import Metric, known_metrics
from outcrop.services.cloudwatch.statistics import Statistic, statistic_of

DEFAULT_PERIOD = 300
MOST_FOUND = 500


@dataclass(frozen=True, slots=True)
class Answered:
    """What a query comes to: one series, or for arrays several."""

    series: Sequence[TimeSeries]
    messages: Sequence[shapes.MessageData] = ()


@dataclass(slots=True)
class Queries:
    """The queries of one request over one range of time, answered when asked for."""

    call: Call
    span: TimeRange
    queries: Mapping[str, Any]
    """By id, in the order of the request."""
    _answers: dict[str, Answered] = field(default_factory=dict[str, Answered])

    @classmethod
    def of(cls, call: Call, queries: Sequence[Any], span: TimeRange) -> "Queries":
        """Return the queries of a request, checked.

        Raises:
            ValidationException: Ids or forms are wrong.
        """
        by_id: dict[str, Any] = {}
        for query in queries:
            if not query["Id"][0].islower():
                raise shapes.ValidationException(
                    f"The value {query['Id']} for parameter MetricDataQueries.member.Id is invalid:"
                    " it must start with a lowercase letter."
                )
            if query["Id"] in by_id:
                raise shapes.ValidationException(
                    "The values for parameter Id in MetricDataQueries are not unique."
                )
            if ("MetricStat" in query) == ("Expression" in query):
                raise shapes.ValidationException(
                    f"The query {query['Id']} must have either MetricStat or Expression."
                )
            by_id[query["Id"]] = query
        return cls(call, span, by_id)

    async def answer(self, query_id: str, within: tuple[str, ...] = ()) -> Answered:
        """Return what a query comes to.

        Raises:
            ValidationException: It cannot be evaluated.
        """
        if query_id not in self._answers:
            query = self.queries[query_id]
            if "MetricStat" in query:
                answer = await self._measured(query_id, query["MetricStat"])
            else:
                answer = await self._computed(query_id, query["Expression"], (*within, query_id))
            self._answers[query_id] = answer
        return self._answers[query_id]

    async def _measured(self, query_id: str, asked: shapes.MetricStat) -> Answered:
        metric = Metric.of(
            asked["Metric"].get("Namespace", ""),
            asked["Metric"].get("MetricName", ""),
            asked["Metric"].get("Dimensions", []),
        )
        statistic = _statistic(query_id, asked["Stat"])
        check_period(asked["Period"])
        span = self.span.rounded(asked["Period"], self.call.backends.now())
        units = await by_period(self.call, metric, span, asked["Period"])
        periods, messages = _of_unit(units, asked.get("Unit"))
        values = {start: statistic(aggregate) for start, aggregate in periods.items()}
        series = TimeSeries(
            values={start: value for start, value in values.items() if value is not None},
            period=asked["Period"],
            moments=span.periods(asked["Period"]),
            properties=_properties(metric, asked),
        )
        return Answered([series], messages)

    async def _computed(self, query_id: str, text: str, within: tuple[str, ...]) -> Answered:
        try:
            node = parse(text)
            values = await self._named(node, within)
            for search in searches_in(node):
                values[search.key] = await self._found(query_id, search)
            metrics = await self._metrics() if uses(node, "METRICS") else {}
            environment = Environment(values, metrics, self._empty(query_id, values, metrics))
            value = evaluate(with_searches_named(node), environment)
        except ExpressionError as error:
            raise shapes.ValidationException(
                f"Error in expression '{query_id}': {error}"
            ) from error
        if isinstance(value, TimeSeries):
            return Answered([value])
        if isinstance(value, list):
            return Answered(value)
        raise shapes.ValidationException(
            f"Error in expression '{query_id}': the result must be a time series or an array of"
            " time series, and is a scalar."
        )

    async def _named(self, node: Node, within: tuple[str, ...]) -> dict[str, Value]:
        """Return the answers of the queries that an expression names."""
        values: dict[str, Value] = {}
        for name in dict.fromkeys(names_in(node)):
            if name in within:
                raise ExpressionError(f"{name} refers to itself")
            if name in self.queries:
                series = (await self.answer(name, within)).series
                is_array = "Expression" in self.queries[name] and len(series) != 1
                values[name] = list(series) if is_array else series[0]
        return values

    async def _metrics(self) -> dict[str, TimeSeries]:
        measured = [name for name, query in self.queries.items() if "MetricStat" in query]
        return {name: (await self.answer(name)).series[0] for name in measured}

    async def _found(self, query_id: str, search: SearchCall) -> list[TimeSeries]:
        """Return the series of the metrics that a search finds, by name."""
        sought = Search.parse(search.query)
        records = await known_metrics(self.call, sought.namespace)
        metrics = [Metric.of_record(record) for record in records]
        series: list[TimeSeries] = []
        for metric in [metric for metric in metrics if sought.finds(metric)][:MOST_FOUND]:
            asked: shapes.MetricStat = {
                "Metric": metric.as_shape(),
                "Period": search.period,
                "Stat": search.statistic,
            }
            series += (await self._measured(query_id, asked)).series
        labels = default_labels([each.properties for each in series])
        return [replace(each, label=label) for each, label in zip(series, labels, strict=True)]

    def _empty(
        self, query_id: str, values: Mapping[str, Value], metrics: Mapping[str, TimeSeries]
    ) -> TimeSeries:
        """Return a series without values, of the period that an expression is to have."""
        series = [*metrics.values()]
        for value in values.values():
            series += value if isinstance(value, list) else []
            series += [value] if isinstance(value, TimeSeries) else []
        periods = [each.period for each in series] or [DEFAULT_PERIOD]
        period = self.queries[query_id].get("Period", min(periods))
        span = self.span.rounded(period, self.call.backends.now())
        return TimeSeries({}, period, span.periods(period))


def _statistic(query_id: str, name: str) -> Statistic:
    statistic = statistic_of(name)
    if statistic is None:
        raise shapes.ValidationException(
            f"The value {name} for parameter MetricDataQueries.member.{query_id}.MetricStat.Stat is"
            " not a valid statistic."
        )
    return statistic


def _of_unit(
    units: Mapping[str, Mapping[int, Aggregate]], wanted: str | None
) -> tuple[Mapping[int, Aggregate], Sequence[shapes.MessageData]]:
    """Return the data of the unit asked for, else of the first unit, saying that there are more."""
    if wanted is not None:
        return units.get(wanted, {}), []
    names = sorted(units)
    if len(names) < 2:
        return (units[names[0]] if names else {}), []
    told = f"Multiple units returned: '[{', '.join(names)}]'"
    return units[names[0]], [{"Code": "MultipleUnits", "Value": told}]


def _properties(metric: Metric, asked: shapes.MetricStat) -> Mapping[str, str]:
    dimensions = {f"Dim.{name}": value for name, value in metric.dimensions}
    return {
        "Namespace": metric.namespace,
        "MetricName": metric.name,
        "Stat": asked["Stat"],
        "Period": str(asked["Period"]),
        **dimensions,
    }
