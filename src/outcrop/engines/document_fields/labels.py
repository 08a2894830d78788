"""Labels whose meaning is known, and their values.

A label may end with a colon, as in forms, or stand alone before its value or above it.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Generic, TypeVar

from outcrop.engines.document_fields.forms import find_fields, neighbour
from outcrop.engines.document_fields.interface import Line, Word, text_of

LONGEST_VALUE = 6
"""Words behind a label without a colon: what is longer is a sentence."""
LONGEST_BARE_LABEL = 4
NO_LETTER = re.compile(r"[^a-z0-9#]+")
RATE = re.compile(r"\(?\d+([.,]\d+)?\s?%\)?")
"""Of a tax or a discount: `20 %`. It is part of the label, and no amount."""

K = TypeVar("K", bound=str)


@dataclass(frozen=True, slots=True)
class Labelled(Generic[K]):
    """A value and what its label says it is."""

    kind: K | None
    """`None` where the label is none of those that are known."""
    share: float
    """Of the label's words that name the kind; of those that name none, where it is unknown."""
    key: Sequence[Word]
    value: Sequence[Word]


def find_labelled(lines: Sequence[Line], synonyms: Mapping[K, Sequence[str]]) -> list[Labelled[K]]:
    """Return what a page labels; labels without a colon only where they are known.

    Args:
        lines: Of the page.
        synonyms: Plain labels by the kind that they name.
    """
    found: list[Labelled[K]] = []
    taken: set[int] = set()
    for field in find_fields(lines):
        kind, share = kind_of(field.label, synonyms)
        found.append(Labelled(kind, share, field.key, field.value))
        taken |= {id(word) for word in (*field.key, *field.value)}
    for line in lines:
        if any(id(word) in taken for word in line.words):
            continue
        for each in _bare(line, lines, synonyms, taken):
            found.append(each)
            taken |= {id(word) for word in (*each.key, *each.value)}
    return found


def kind_of(label: str, synonyms: Mapping[K, Sequence[str]]) -> tuple[K | None, float]:
    """Return the kind that a label names and the share of its words that do."""
    words = plain(RATE.sub("", label)).split()
    best: K | None = None
    share = 0.0
    for kind, names in synonyms.items():
        for name in names:
            part = name.split()
            if _is_within(part, words) and len(part) / len(words) > share:
                best, share = kind, len(part) / len(words)
    return (best, share) if share > 0.5 else (None, 1.0 - share)


def plain(text: str) -> str:
    """Return a text without capitals, accents and marks."""
    parts = unicodedata.normalize("NFKD", text.casefold().replace("n°", "no"))
    bare = "".join(each for each in parts if not unicodedata.combining(each))
    return NO_LETTER.sub(" ", bare).strip()


def _is_within(part: Sequence[str], words: Sequence[str]) -> bool:
    return any(
        list(words[at : at + len(part)]) == list(part) for at in range(len(words) - len(part) + 1)
    )


def _rate_words(words: Sequence[Word]) -> int:
    """Return how many words at the beginning are a rate: `20%` is one, `20 %` are two."""
    return next((n for n in (1, 2) if RATE.fullmatch(text_of(words[:n]))), 0)


def _bare(
    line: Line,
    lines: Sequence[Line],
    synonyms: Mapping[K, Sequence[str]],
    taken: AbstractSet[int],
) -> Iterator[Labelled[K]]:
    """Give the value of a line that begins with a known label, if it does."""
    for count in range(min(len(line.words), LONGEST_BARE_LABEL), 0, -1):
        label = plain(text_of(line.words[:count]))
        kind = next((kind for kind, names in synonyms.items() if label in names), None)
        if kind is None:
            continue
        end = count + _rate_words(line.words[count:])
        key, rest = line.words[:end], line.words[end:]
        value = rest or neighbour(line, key, lines, taken)
        if value and len(value) <= LONGEST_VALUE:
            yield Labelled(kind, 1.0, key, value)
        return
