"""What everything promises that measures images."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from outcrop.engines.media.places import Box


@dataclass(frozen=True, slots=True, kw_only=True)
class DominantColor:
    """A colour that much of an image has."""

    red: int
    green: int
    blue: int
    css_name: str
    """The nearest of the colours that CSS names: `darkslategray`."""
    plain_name: str
    """The nearest of the eleven colours that languages have words for."""
    share: float
    """Of the image's pixels, from 0.0 to 1.0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageProperties:
    """What the pixels say; from 0.0 to 1.0 as `outcrop.engines.media.picture_quality` computes."""

    brightness: float
    contrast: float
    sharpness: float
    colors: Sequence[DominantColor]
    """Twelve at most, that with the largest share first."""
    part_colors: Sequence[Sequence[DominantColor]] = ()
    """The same of each part that was asked for."""


class ImageMeter(Protocol):
    """Measures images.

    Errors are those of `outcrop.engines.workers.engine`; images are refused by the kinds of
    `outcrop.engines.media.images`.
    """

    async def measure(self, image: bytes, *, parts: Sequence[Box] = ()) -> ImageProperties:
        """Return the properties of an encoded JPEG or PNG file.

        Args:
            image: The file.
            parts: Of it, whose colours are wanted, too.
        """
        ...
