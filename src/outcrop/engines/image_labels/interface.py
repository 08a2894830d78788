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
