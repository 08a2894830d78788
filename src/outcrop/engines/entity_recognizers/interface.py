"""What every trainer of entity recognizers promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Span(NamedTuple):
    """A part of a text, in Unicode code points, that is an entity."""

    begin: int
    end: int
    """Behind its last character."""
    kind: str


@dataclass(frozen=True, slots=True)
class Annotated:
    """A text, and all entities in it; none meets another."""

    text: str
    spans: Sequence[Span]


@dataclass(frozen=True, slots=True)
class Recognized:
    """An entity that was found."""

    span: Span
    score: float
    """Probability from 0.0 to 1.0 that its least certain word is of this kind."""


class EntityRecognizers(Protocol):
    """Trains recognizers of entities, and finds entities with them.

    A recognizer is some bytes that whoever trained it keeps.
    """

    async def train(self, texts: Sequence[Annotated]) -> bytes:
        """Return a recognizer of all kinds that occur; the same texts give the same one.

        Raises:
            RefusedInputError: There is no entity (kind `no entities`).
            EngineError: See its other subclasses.
        """
        ...

    async def recognize(self, recognizer: bytes, texts: Sequence[str]) -> list[list[Recognized]]:
        """Return the entities of each text in order; none meets another.

        Raises:
            EngineError: See its subclasses.
        """
        ...
