"""Where the texts of a document are, and how others get there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


class UneditableError(Exception):
    """The document cannot be edited; the message says why."""


@dataclass(slots=True)
class Found:
    """A passage, and the places of its runs."""

    runs: list[str] = field(default_factory=list[str])
    marks: list[str] = field(default_factory=list[str])
    places: list[list[tuple[int, int]]] = field(default_factory=list[list[tuple[int, int]]])
    """From and up to which offsets each run stands; the first place gets the new text."""


def spliced(
    content: str,
    found: Sequence[Found],
    texts: Sequence[Sequence[str]],
    encoded: Callable[[str], str],
) -> str:
    """Return a content with other texts at the places of its runs."""
    edits: list[tuple[int, int, str]] = []
    for passage, runs in zip(found, texts, strict=True):
        for places, text in zip(passage.places, runs, strict=True):
            (start, end), *others = places
            edits.append((start, end, encoded(text)))
            edits += [(start, end, "") for start, end in others]
    pieces: list[str] = []
    at = 0
    for start, end, text in sorted(edits, key=lambda edit: edit[:2]):
        pieces += [content[at:start], text]
        at = end
    return "".join([*pieces, content[at:]])
