"""What every reader of documents' pages promises."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom, relative to the page's width and height."""


@dataclass(frozen=True, slots=True)
class PrintedWord:
    """Characters of a text layer without a space between them."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """Words of a text layer that stand in one row, near one another; at least one."""

    words: tuple[PrintedWord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPage:
    """One page."""

    image: bytes
    """As a JPEG or PNG file; empty if nobody needs it."""
    lines: tuple[PrintedLine, ...] | None
    """The text layer, in the file's order; `None` where the page must be read from its picture."""


class DocumentPages(Protocol):
    """Takes documents apart.

    The kinds of `RefusedInputError` are those of `engines.media.images`, and "locked" for what
    wants a password.
    """

    async def count(self, document: Path) -> int:
        """Return how many pages a PDF, TIFF, JPEG or PNG file has; one for pictures.

        Raises:
            EngineError: See its subclasses.
        """
        ...

    async def page(self, document: Path, number: int, *, needs_image: bool = True) -> DocumentPage:
        """Return a page.

        Args:
            document: The file.
            number: Of the page, from 1.
            needs_image: Whether a page that has a text layer is drawn, too.

        Raises:
            EngineError: See its subclasses.
        """
        ...
