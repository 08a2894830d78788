"""What every reader of pictures promises."""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

Point: TypeAlias = tuple[float, float]
"""x and y, relative to the picture's width and height: (0, 0) is its top left corner."""
Polygon: TypeAlias = tuple[Point, ...]
"""Four corners, clockwise, from the one where the text's top left is: that of the text, however it
is turned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Characters without a space between them."""

    text: str
    score: float
    """Mean probability of its characters, 0.0 to 1.0."""
    polygon: Polygon


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Words that stand in one row, near one another."""

    text: str
    """Its words, with a space between them."""
    score: float
    """Mean probability of its characters, 0.0 to 1.0."""
    polygon: Polygon
    words: tuple[Word, ...]
    """In the order in which they are read; at least one."""
    rotation_degrees: float
    """How far the text is turned clockwise, -180 to 180; 0: upright."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a picture says."""

    width: int
    """Of the picture, in pixels, once it is turned as its orientation tag says."""
    height: int
    lines: tuple[Line, ...]
    """From top to bottom, then from left to right."""


class Reader(Protocol):
    """Reads what pictures show."""

    async def read(self, image: bytes) -> Reading:
        """Return the lines of text in a picture; none is no error.

        Args:
            image: A JPEG or PNG file.

        Raises:
            EngineError: Of `engines.workers.engine`, see its subclasses. The kinds of
                `RefusedInputError` are those of `engines.media.images`.
        """
        ...
