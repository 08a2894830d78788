"""Labels whose meaning is known, and their values: what invoices and identity cards say.

A label may end with a colon, as in forms, or stand alone before its value or above it.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from outcrop.engines.ocr.interface import Line, Word
from outcrop.services.textract.forms import find_pairs, neighbour
from outcrop.services.textract.pages import ReadPage

LONGEST_VALUE = 6
"""Words behind a label without a colon: what is longer is a sentence."""
UNKNOWN = "OTHER"
NO_LETTER = re.compile(r"[^a-z0-9#]+")

Synonyms = Mapping[str, Sequence[str]]
"""Plain labels by the type that they name."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A value and what its label says it is."""

    type: str
    """`UNKNOWN` where the label is none of those that are known."""
    share: float
    """Of the label's words that name the type; of those that name none, where it is unknown."""
    key: Sequence[Word]
    value: Sequence[Word]


def find_labelled(page: ReadPage, synonyms: Synonyms) -> list[Labelled]:
    """Return what a page labels; labels without a colon only where they are known."""
    found: list[Labelled] = []
    taken: set[int] = set()
    for pair in find_pairs(page):
        kind, share = type_of(pair.label, synonyms)
        found.append(Labelled(kind, share, pair.key, pair.value))
        taken |= {id(word) for word in (*pair.key, *pair.value)}
    for line in page.lines:
        if any(id(word) in taken for word in line.words):
            continue
        for each in _bare(line, page, synonyms, taken):
            found.append(each)
            taken |= {id(word) for word in (*each.key, *each.value)}
    return found


def type_of(label: str, synonyms: Synonyms) -> tuple[str, float]:
    """Return the type that a label names and the share of its words that do."""
    words = plain(label).split()
    best, share = UNKNOWN, 0.0
    for kind, names in synonyms.items():
        for name in names:
            part = name.split()
            if _is_within(part, words) and len(part) / len(words) > share:
                best, share = kind, len(part) / len(words)
    return (best, share) if share > 0.5 else (UNKNOWN, 1.0 - share)


def plain(text: str) -> str:
    """Return a text without capitals, accents and marks."""
    parts = unicodedata.normalize("NFKD", text.casefold().replace("n°", "no"))
    bare = "".join(each for each in parts if not unicodedata.combining(each))
    return NO_LETTER.sub(" ", bare).strip()


def _is_within(part: Sequence[str], words: Sequence[str]) -> bool:
    return any(
        list(words[at : at + len(part)]) == list(part) for at in range(len(words) - len(part) + 1)
    )


def _bare(
    line: Line, page: ReadPage, synonyms: Synonyms, taken: AbstractSet[int]
) -> Iterator[Labelled]:
    """Give the value of a line that begins with a known label, if it does."""
    for count in range(min(len(line.words), 4), 0, -1):
        label = plain(" ".join(word.text for word in line.words[:count]))
        kind = next((kind for kind, names in synonyms.items() if label in names), None)
        if kind is None:
            continue
        key, rest = line.words[:count], line.words[count:]
        value = rest or neighbour(line, key, page, taken)
        if value and len(value) <= LONGEST_VALUE:
            yield Labelled(kind, 1.0, key, value)
        return
