"""The commands of a query: each takes rows and gives rows.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from outcrop.services.logs.insights.aggregations import AGGREGATIONS, Aggregation
from outcrop.services.logs.insights.expressions import (
    Expression,
    ExpressionReader,
    field_name,
    is_true,
    regex_of,
    unquoted,
)
from outcrop.services.logs.insights.functions import seconds_of
from outcrop.services.logs.insights.rows import TIME_FIELDS, Row, Value, as_number, as_text
from outcrop.services.logs.insights.tokens import MalformedQueryError, TokenReader
from outcrop.services.logs.patterns import Expression as Pattern


@dataclass(frozen=True, slots=True)
class Table:
    """Rows and what is shown of them."""

    rows: Sequence[Row]
    shown: Sequence[str]
    """Names of fields, in their order."""
    times: frozenset[str] = TIME_FIELDS
    """Fields that are moments, in milliseconds."""
    is_sorted: bool = False
    is_summed: bool = False
    """Whether the rows are groups of events rather than events."""
    is_chosen: bool = False
    """Whether a command has said what is shown."""


Command: TypeAlias = Callable[[Table], Table]


@dataclass(frozen=True, slots=True)
class Column:
    """An expression under a name."""

    name: str
    value: Expression
    is_time: bool = False


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A function of `stats` under a name."""

    name: str
    function: Aggregation
    arguments: Sequence[Expression]

    def over(self, rows: Sequence[Row]) -> Value:
        """Return what the function makes of the rows of a group."""
        values = [[argument(row) for row in rows] for argument in self.arguments]
        return self.function(rows, values)


class CommandReader:
    """Reads the commands of a query."""

    def __init__(self, query: str) -> None:
        self._tokens = TokenReader(query)
        self._expressions = ExpressionReader(self._tokens)

    def read_all(self) -> list[Command]:
        """Return the commands in their order.

        Raises:
            MalformedQueryError: The query breaks the grammar.
        """
        commands = [self._read_command()]
        while self._tokens.takes("|"):
            commands.append(self._read_command())
        if self._tokens.next.kind != "end":
            raise self._tokens.error()
        return commands

    def _read_command(self) -> Command:
        token = self._tokens.expect_kind("name")
        readers: Mapping[str, Callable[[], Command]] = {
            "fields": self._read_fields,
            "display": self._read_display,
            "filter": self._read_filter,
            "parse": self._read_parse,
            "stats": self._read_stats,
            "sort": self._read_sort,
            "limit": self._read_limit,
            "head": self._read_limit,
            "dedup": self._read_dedup,
        }
        read = readers.get(token.text.lower())
        if read is None:
            raise MalformedQueryError(
                f"unexpected symbol found {token.text} at position {token.start}"
            )
        return read()

    def _read_fields(self) -> Command:
        columns = self._tokens.listed(self._read_column)
        return lambda table: _with_columns(table, columns, is_first=not table.is_chosen)

    def _read_display(self) -> Command:
        columns = self._tokens.listed(self._read_column)
        return lambda table: _with_columns(table, columns, is_first=True)

    def _read_filter(self) -> Command:
        condition = self._expressions.read()

        def kept(table: Table) -> Table:
            return replace(table, rows=[row for row in table.rows if is_true(condition(row))])

        return kept

    def _read_parse(self) -> Command:
        token = self._tokens.expect_kind("name", "quoted", "text", "regex")
        source = "@message"
        if token.kind in {"name", "quoted"}:
            source = field_name(token.text)
            token = self._tokens.expect_kind("text", "regex")
        if token.kind == "regex":
            pattern = regex_of(token.text)
            names = pattern.group_names or self._read_aliases()
        else:
            parts = unquoted(token.text).split("*")
            end = "" if parts[-1] else "$"
            body = "(.*?)".join(map(re.escape, parts)) + end
            pattern = Pattern.compile(body, any_character=True)
            names = self._read_aliases()
        if pattern.group_count < len(names):
            raise MalformedQueryError("parse has more names than parts to name")

        def parsed(table: Table) -> Table:
            rows = [{**row, **_captures(pattern, names, row.get(source))} for row in table.rows]
            return replace(table, rows=rows)

        return parsed

    def _read_aliases(self) -> list[str]:
        self._tokens.expect("as")
        return self._tokens.listed(self._read_name)

    def _read_stats(self) -> Command:
        aggregates = self._tokens.listed(self._read_aggregate)
        groupings = self._tokens.listed(self._read_column) if self._tokens.takes("by") else []
        return lambda table: _summed(table, aggregates, groupings)

    def _read_sort(self) -> Command:
        keys = self._tokens.listed(self._read_sort_key)

        def ordered(table: Table) -> Table:
            rows = list(table.rows)
            for column, is_descending in reversed(keys):
                rows.sort(key=partial(_sort_key, column), reverse=is_descending)
            return replace(table, rows=rows, is_sorted=True)

        return ordered

    def _read_sort_key(self) -> tuple[Column, bool]:
        column = self._read_column()
        if self._tokens.takes("desc"):
            return column, True
        self._tokens.takes("asc")
        return column, False

    def _read_limit(self) -> Command:
        count = int(float(self._tokens.expect_kind("number").text))

        def limited(table: Table) -> Table:
            ordered = in_order(table)
            return replace(ordered, rows=ordered.rows[:count])

        return limited

    def _read_dedup(self) -> Command:
        names = self._tokens.listed(self._read_name)

        def distinct(table: Table) -> Table:
            ordered = in_order(table)
            first: dict[tuple[str, ...], Row] = {}
            for row in ordered.rows:
                if all(row.get(name) is not None for name in names):
                    first.setdefault(tuple(as_text(row.get(name)) for name in names), row)
            return replace(ordered, rows=list(first.values()))

        return distinct

    def _read_column(self) -> Column:
        """Read an expression and the name that it gets: by default its own text."""
        start = self._tokens.next.start
        is_time = self._tokens.next.is_word("bin", "datefloor", "dateceil", "frommillis")
        value = self._read_bin() if self._tokens.next.is_word("bin") else self._expressions.read()
        name = self._tokens.since(start)
        if self._tokens.takes("as"):
            return Column(self._read_name(), value, is_time)
        return Column(field_name(name), value, is_time)

    def _read_bin(self) -> Expression:
        self._tokens.take()
        self._tokens.expect("(")
        step = seconds_of(self._tokens.expect_kind("duration").text) * 1000
        self._tokens.expect(")")

        def start_of_bin(row: Row) -> Value:
            time = as_number(row.get("@timestamp"))
            return None if time is None else time - time % step

        return start_of_bin

    def _read_aggregate(self) -> Aggregate:
        start = self._tokens.next.start
        function = AGGREGATIONS.get(self._tokens.expect_kind("name").text.lower())
        if function is None:
            raise MalformedQueryError(f"Invalid function name: {self._tokens.since(start)}")
        self._tokens.expect("(")
        arguments: list[Expression] = []
        if not self._tokens.takes("*") and self._tokens.next.text != ")":
            arguments = self._tokens.listed(self._expressions.read)
        self._tokens.expect(")")
        name = self._tokens.since(start)
        if self._tokens.takes("as"):
            name = self._read_name()
        return Aggregate(name, function, arguments)

    def _read_name(self) -> str:
        return field_name(self._tokens.expect_kind("name", "quoted").text)


def in_order(table: Table) -> Table:
    """Return a table in the order that was asked for, or else with the latest events first."""
    if table.is_sorted or table.is_summed:
        return table
    rows = sorted(table.rows, key=lambda row: as_number(row.get("@timestamp")) or 0.0, reverse=True)
    return replace(table, rows=rows, is_sorted=True)


def _with_columns(table: Table, columns: Sequence[Column], *, is_first: bool) -> Table:
    rows = [{**row, **{each.name: each.value(row) for each in columns}} for row in table.rows]
    names = [each.name for each in columns]
    times = {each.name for each in columns if each.is_time}
    shown = names if is_first else [*table.shown, *names]
    return replace(
        table,
        rows=rows,
        shown=list(dict.fromkeys(shown)),
        times=table.times | times,
        is_chosen=True,
    )


def _captures(pattern: Pattern, names: Sequence[str], value: Value) -> Row:
    found = pattern.groups_in(as_text(value)) if value is not None else None
    if found is None:
        return {}
    by_number, by_name = found
    if by_name:
        return {name: by_name[name] for name in names}
    return dict(zip(names, by_number, strict=False))


def _summed(table: Table, aggregates: Sequence[Aggregate], groupings: Sequence[Column]) -> Table:
    groups: dict[tuple[Value, ...], list[Row]] = {}
    for row in table.rows:
        groups.setdefault(tuple(each.value(row) for each in groupings), []).append(row)
    if not groupings:
        groups.setdefault((), [])
    rows: list[Row] = []
    for key, members in groups.items():
        row = {each.name: value for each, value in zip(groupings, key, strict=True)}
        for aggregate in aggregates:
            row[aggregate.name] = aggregate.over(members)
        rows.append(row)
    names = [*(each.name for each in groupings), *(each.name for each in aggregates)]
    times = frozenset(each.name for each in groupings if each.is_time or each.name in table.times)
    return Table(rows, names, times, is_summed=True, is_chosen=True)


def _sort_key(column: Column, row: Row) -> tuple[int, float, str]:
    """Return what orders rows: what is missing first, then numbers, then texts."""
    # A column of `stats` goes by the text that it was written with.
    value = row[column.name] if column.name in row else column.value(row)
    if value is None:
        return (0, 0.0, "")
    number = as_number(value)
    return (2, 0.0, as_text(value)) if number is None else (1, number, "")
