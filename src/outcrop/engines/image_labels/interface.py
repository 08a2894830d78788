"""What every labeller of images promises."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """Where one such thing is, as parts of the image's width and height."""

    left: float
    top: float
    width: float
    height: float
    score: float
    """Probability from 0.0 to 1.0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One thing that an image shows."""

    name: str
    score: float
    """Probability from 0.0 to 1.0. That of a general word is the sum of what lies below it, so
    that scores do not sum to one; at least that of the likeliest instance of it."""
    parents: tuple[str, ...] = ()
    """More general words, the nearest first; each is a label of the image, too."""
    aliases: tuple[str, ...] = ()
    """Other words for the same."""
    category: str = ""
    """The large field it belongs to; empty where none fits."""
    instances: tuple[Instance, ...] = ()
    """Where they are, the likeliest first; empty for what only the image as a whole shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageVectors:
    """What a labeller sees in an image before it chooses words: alike for images that look alike.

    The same weights make the same vectors of the same image.
    """

    width: int
    """Of the image, in pixels, as is `height`."""
    height: int
    dimensions: int
    rows: bytes
    """Vectors of 32-bit floats, little-endian; that of the whole image is the first."""


class ImageLabeler(Protocol):
    """Names what an image shows.

    Errors are those of `outcrop.engines.workers.engine`; images are refused by the kinds of
    `outcrop.engines.media.images`.
    """

    @property
    def finds_instances(self) -> bool:
        """Whether it looks for instances: their weights are there."""
        ...

    async def label(self, image: bytes, *, least_score: float) -> list[Label]:
        """Return the labels that are at least so likely, the likeliest first.

        Args:
            image: An encoded JPEG or PNG file.
            least_score: From 0.0 to 1.0.
        """
        ...

    async def vectors(self, image: bytes, *, with_crops: bool) -> ImageVectors:
        """Return the vector of an image, and of four parts of it: more to learn from.

        Args:
            image: An encoded JPEG or PNG file.
            with_crops: Whether vectors of the parts follow, each of four fifths of the width and
                of the height.
        """
        ...
