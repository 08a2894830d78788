"""What every reader of layouts promises."""

from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom, relative to the page's width and height."""

RegionKind: TypeAlias = Literal[
    "text",
    "title",
    "figure",
    "figure_caption",
    "table",
    "table_caption",
    "header",
    "footer",
    "reference",
    "equation",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of a page."""

    kind: RegionKind
    score: float
    """0.0 to 1.0."""
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCell:
    """A cell of a table; the cells of a table leave no gap between them, nor do they overlap."""

    row: int
    """From 0, as is `column`."""
    column: int
    row_span: int
    column_span: int
    score: float
    """0.0 to 1.0."""
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table."""

    score: float
    """0.0 to 1.0."""
    box: Box
    rows: int
    columns: int
    cells: tuple[TableCell, ...]
    """Row by row, at least one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The parts of a page."""

    regions: tuple[Region, ...]
    """The surest first; they hardly overlap."""
    tables: tuple[Table, ...]
    """From top to bottom; those of the regions in which there are cells."""


class LayoutReader(Protocol):
    """Sees how pages are laid out."""

    async def see(self, image: bytes) -> Layout:
        """Return the parts of a page; none is no error.

        Args:
            image: A JPEG or PNG file.

        Raises:
            EngineError: Of `engines.workers.engine`, see its subclasses. The kinds of
                `RefusedInputError` are those of `engines.media.images`.
        """
        ...
