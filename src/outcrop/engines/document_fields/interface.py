"""What every reader of papers' fields promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol, TypeAlias

from outcrop.engines.media.places import Box, Polygon

ExpenseKind: TypeAlias = Literal[
    "invoice number",
    "invoice date",
    "due date",
    "order date",
    "delivery date",
    "order number",
    "customer number",
    "account number",
    "payment terms",
    "vendor",
    "vendor phone",
    "vendor website",
    "receiver",
    "tax number",
    "subtotal",
    "tax",
    "discount",
    "shipping",
    "gratuity",
    "total",
    "amount due",
    "amount paid",
]
"""What a field of an invoice or a receipt may be."""
ColumnKind: TypeAlias = Literal["item", "quantity", "unit price", "price", "product code"]
"""What a column of a table of items may be."""
IdentityKind: TypeAlias = Literal[
    "first name",
    "last name",
    "middle name",
    "suffix",
    "date of birth",
    "place of birth",
    "document number",
    "expiration date",
    "date of issue",
    "address",
    "class",
    "endorsements",
    "restrictions",
    "county",
    "zone",
    "passport",
    "driving licence",
]
"""What a field of a passport or a card may be; `zone` is the machine-readable one, and the last two
say which paper it is."""


PaperKind: TypeAlias = Literal[
    "identity",
    "invoice",
    "receipt",
    "W-2",
    "W-9",
    "1003",
    "1005",
    "1008",
    "1040",
    "1040 schedule C",
    "1040 schedule D",
    "1040 schedule E",
    "1065",
    "1099-DIV",
    "1099-G",
    "1099-INT",
    "1099-NEC",
    "1099-R",
    "1120",
    "1120-S",
]
"""What a page may be of: a passport or a card, an expense, or a form that is known by its name."""


class Word(Protocol):
    """A word of a page, whoever read it."""

    @property
    def text(self) -> str:
        """Characters without a space between them."""
        ...

    @property
    def score(self) -> float:
        """0.0 to 1.0."""
        ...

    @property
    def polygon(self) -> Polygon:
        """Where it is."""
        ...


class Line(Protocol):
    """Words that stand in one row, near one another."""

    @property
    def text(self) -> str:
        """Its words, with a space between them."""
        ...

    @property
    def polygon(self) -> Polygon:
        """Where it is."""
        ...

    @property
    def words(self) -> Sequence[Word]:
        """At least one."""
        ...


class TableCell(Protocol):
    """A cell of a table, of one field of its grid or of several."""

    @property
    def row(self) -> int:
        """From 0, as is `column`."""
        ...

    @property
    def column(self) -> int:
        """See `row`."""
        ...

    @property
    def row_span(self) -> int:
        """In fields, as is `column_span`."""
        ...

    @property
    def column_span(self) -> int:
        """See `row_span`."""
        ...

    @property
    def score(self) -> float:
        """0.0 to 1.0."""
        ...

    @property
    def box(self) -> Box:
        """Where it is."""
        ...


class Table(Protocol):
    """A table, as somebody saw it."""

    @property
    def rows(self) -> int:
        """How many."""
        ...

    @property
    def cells(self) -> Sequence[TableCell]:
        """Row by row."""
        ...


class CheckBox(Protocol):
    """A small square to tick, whoever saw it."""

    @property
    def box(self) -> Box:
        """Where it is."""
        ...

    @property
    def is_ticked(self) -> bool:
        """Whether somebody chose it."""
        ...

    @property
    def score(self) -> float:
        """0.0 to 1.0."""
        ...


@dataclass(frozen=True, slots=True)
class Choice:
    """A checkbox and the words that say what it stands for, at least one."""

    key: Sequence[Word]
    checkbox: CheckBox


@dataclass(frozen=True, slots=True)
class Field:
    """A label and its value; each has at least one word."""

    key: Sequence[Word]
    value: Sequence[Word]

    @property
    def label(self) -> str:
        """The label's words without the colon."""
        return text_of(self.key).rstrip(": ")

    @property
    def text(self) -> str:
        """The value's words."""
        return text_of(self.value)


@dataclass(frozen=True, slots=True)
class FilledCell:
    """One field of a table's grid."""

    row: int
    """From 0, as is `column`."""
    column: int
    cell: TableCell
    """The cell that it belongs to, alone or with others."""
    box: Box
    words: Sequence[Word]

    @property
    def text(self) -> str:
        """What is written there."""
        return text_of(self.words)


@dataclass(frozen=True, slots=True)
class FilledTable:
    """What is written in a table."""

    fields: Sequence[FilledCell]
    """Row by row, each in order."""
    header_rows: int
    """How many of the first rows are headings: 0 or 1."""

    def row(self, number: int) -> list[FilledCell]:
        """Return the fields of a row, counted from 0."""
        return [each for each in self.fields if each.row == number]


@dataclass(frozen=True, slots=True)
class ExpenseField:
    """A value that an invoice labels, and what its label says it is."""

    kind: ExpenseKind | None
    """`None` where the label is none of those that are known."""
    share: float
    """Of the label's words that name the kind; of those that name none, where it is unknown."""
    key: Sequence[Word]
    value: Sequence[Word]
    currency: str | None
    """The code of the currency that the value names."""


@dataclass(frozen=True, slots=True)
class ItemField:
    """One field of an item's row."""

    kind: ColumnKind | None
    """`None` where the column's heading is none of those that are known."""
    share: float
    """Of the heading's words, as in `ExpenseField`."""
    heading: Sequence[Word]
    """None, where the column has no heading."""
    value: Sequence[Word]
    score: float
    """How sure it is that there is such a cell, from 0.0 to 1.0."""


@dataclass(frozen=True, slots=True)
class Expense:
    """What an invoice or a receipt says."""

    summary: Sequence[ExpenseField]
    items: Sequence[Sequence[Sequence[ItemField]]]
    """Table by table, row by row; at least one row and one field in each."""


@dataclass(frozen=True, slots=True)
class IdentityField:
    """A fact that a passport or a card tells."""

    kind: IdentityKind
    text: str
    words: Sequence[Word]
    """Where it is told; at least one."""
    day: date | None = None
    """Of a date that can mean one day only."""


def text_of(words: Sequence[Word]) -> str:
    """Return words with spaces between them."""
    return " ".join(word.text for word in words)


def mean_score(words: Sequence[Word]) -> float:
    """Return the mean score of words, of which there is at least one."""
    return sum(word.score for word in words) / len(words)


class FieldReader(Protocol):
    """Tells what the words of a page mean by where they stand."""

    async def form(self, lines: Sequence[Line]) -> list[Field]:
        """Return the labels of a page that have a value, in the order of its lines."""
        ...

    async def choices(self, lines: Sequence[Line], checkboxes: Sequence[CheckBox]) -> list[Choice]:
        """Return what the checkboxes of a page stand for; those without words are left out."""
        ...

    async def tables(self, lines: Sequence[Line], tables: Sequence[Table]) -> list[FilledTable]:
        """Return what is written in each table of a page."""
        ...

    async def expense(self, lines: Sequence[Line], tables: Sequence[Table]) -> Expense:
        """Return what an invoice or a receipt says on a page."""
        ...

    async def paper(self, lines: Sequence[Line]) -> PaperKind | None:
        """Return what kind of paper a page is of; `None` where it does not say."""
        ...

    async def identity(self, lines: Sequence[Line], today: date) -> list[IdentityField]:
        """Return what a side of a passport or a card says, the surest first; kinds may recur.

        Args:
            lines: Of the side.
            today: Nobody is born later; two digits tell no century.
        """
        ...
