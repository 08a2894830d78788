"""A query and its results."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from outcrop.services.logs.insights.commands import Command, CommandReader, Table, in_order
from outcrop.services.logs.insights.rows import Row, as_text

POINTER = "@ptr"
DEFAULT_FIELDS = ("@timestamp", "@message")


@dataclass(frozen=True, slots=True)
class Result:
    """What a query found."""

    rows: Sequence[Sequence[tuple[str, str]]]
    """Of each row its fields and their values."""
    matched: int
    """Events that passed the query's filters."""


@dataclass(frozen=True, slots=True)
class InsightsQuery:
    """A parsed query."""

    commands: Sequence[Command]

    @classmethod
    def parse(cls, text: str) -> "InsightsQuery":
        """Return the query of a text; an empty one shows everything.

        Raises:
            MalformedQueryError: The text breaks the grammar.
        """
        return cls(CommandReader(text).read_all() if text.strip() else [])

    def run(self, rows: Iterable[Row], *, limit: int) -> Result:
        """Return what the query makes of the rows of events, at most `limit` rows."""
        table = Table(list(rows), DEFAULT_FIELDS)
        matched = len(table.rows)
        for command in self.commands:
            table = command(table)
            if not table.is_summed:
                matched = min(matched, len(table.rows))
        table = in_order(table)
        return Result([_shown(row, table) for row in table.rows[:limit]], matched)


def _shown(row: Row, table: Table) -> list[tuple[str, str]]:
    names = [name for name in table.shown if row.get(name) is not None]
    fields = [(name, as_text(row[name], is_time=name in table.times)) for name in names]
    if not table.is_summed:
        fields.append((POINTER, as_text(row.get(POINTER))))
    return fields
