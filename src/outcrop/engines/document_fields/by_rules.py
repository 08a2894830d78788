"""Fields by rules over words and their places: nothing is loaded."""

import asyncio
from collections.abc import Sequence
from datetime import date

from outcrop.engines.document_fields.choices import find_choices
from outcrop.engines.document_fields.expenses import read_expense
from outcrop.engines.document_fields.forms import find_fields
from outcrop.engines.document_fields.identity import read_identity
from outcrop.engines.document_fields.interface import (
    CheckBox,
    Choice,
    Expense,
    Field,
    FilledTable,
    IdentityField,
    Line,
    PaperKind,
    Table,
)
from outcrop.engines.document_fields.papers import kind_of_paper
from outcrop.engines.document_fields.tables import fill


class RuleFieldReader:
    """See `FieldReader`. Works on threads, as pages may have thousands of lines."""

    async def form(self, lines: Sequence[Line]) -> list[Field]:
        """See `FieldReader.form`."""
        return await asyncio.to_thread(find_fields, lines)

    async def choices(self, lines: Sequence[Line], checkboxes: Sequence[CheckBox]) -> list[Choice]:
        """See `FieldReader.choices`."""
        return await asyncio.to_thread(find_choices, lines, checkboxes)

    async def tables(self, lines: Sequence[Line], tables: Sequence[Table]) -> list[FilledTable]:
        """See `FieldReader.tables`."""
        return await asyncio.to_thread(fill, lines, tables)

    async def expense(self, lines: Sequence[Line], tables: Sequence[Table]) -> Expense:
        """See `FieldReader.expense`."""
        return await asyncio.to_thread(read_expense, lines, tables)

    async def paper(self, lines: Sequence[Line]) -> PaperKind | None:
        """See `FieldReader.paper`."""
        return await asyncio.to_thread(kind_of_paper, lines)

    async def identity(self, lines: Sequence[Line], today: date) -> list[IdentityField]:
        """See `FieldReader.identity`."""
        return await asyncio.to_thread(lambda: list(read_identity(lines, today)))
