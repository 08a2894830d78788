"""A request's text as a script, and where its characters stand in what was sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from outcrop.engines.text_to_speech.interface import Part, Passage


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of the text that was sent, in bytes of UTF-8."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """A text to speak."""

    source: bytes
    """As it was sent, in UTF-8."""
    parts: Sequence[Part]
    places: Sequence[Place]
    """Of each character of all passages, one behind the other."""
    marks: Mapping[str, Place] = field(default_factory=dict[str, Place])
    """Of tags that a time is asked for, by the names of their bookmarks."""
    mark_names: Mapping[str, str] = field(default_factory=dict[str, str])
    """What those that the caller named are called."""

    @property
    def characters(self) -> int:
        """How many characters are billed: tags do not count."""
        return sum(len(part.text) for part in self.parts if isinstance(part, Passage))

    def place(self, start: int, end: int) -> Place:
        """Return where a stretch of the passages' characters is."""
        return Place(self.places[start].start, self.places[end - 1].end)

    def quote(self, place: Place) -> str:
        """Return what was sent there."""
        return self.source[place.start : place.end].decode()


def plain(text: str, *, voice: str, language: str) -> Manuscript:
    """Return the manuscript of a text without tags."""
    places: list[Place] = []
    position = 0
    for character in text:
        size = len(character.encode("utf-8", "surrogatepass"))
        places.append(Place(position, position + size))
        position += size
    return Manuscript(
        source=text.encode("utf-8", "replace"),
        parts=[Passage(text=text, language=language, voice=voice)],
        places=places,
    )
