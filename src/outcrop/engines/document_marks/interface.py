"""What every finder of marks promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from outcrop.engines.media.places import Box


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckBox:
    """A small square to tick."""

    box: Box
    is_ticked: bool
    score: float
    """0.0 to 1.0: how much of its outline is there, times how far what is inside is from where
    ticked and empty ones part."""


class Word(Protocol):
    """A word of the page, whoever read it."""

    @property
    def text(self) -> str:
        """Characters without a space between them."""
        ...

    @property
    def polygon(self) -> Sequence[tuple[float, float]]:
        """Where it is."""
        ...


class MarkFinder(Protocol):
    """Finds what is drawn on pages."""

    async def checkboxes(self, image: bytes, words: Sequence[Word]) -> list[CheckBox]:
        """Return the checkboxes of a page, from top to bottom; none is no error.

        Args:
            image: A JPEG or PNG file.
            words: What is written on it.

        Raises:
            EngineError: Of `engines.workers.engine`, see its subclasses. The kinds of
                `RefusedInputError` are those of `engines.media.images`.
        """
        ...
