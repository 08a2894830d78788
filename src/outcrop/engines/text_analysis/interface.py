"""What every analyser of texts promises.

Offsets count characters (Unicode code points) from the start of the text; `end` is behind the last.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal, Protocol

Want = Literal["words", "mentions", "phrases", "sentences", "targets"]
"""What an analysis is asked for; the rest is not computed and comes empty."""

MentionKind = Literal[
    "person",
    "location",
    "facility",
    "organization",
    "product",
    "event",
    "work",
    "date",
    "quantity",
    "group",
    "law",
    "language",
    "other",
]
"""`facility`: what people have built to go to; `group`: a nationality, a religion, a party;
`work`: a title of a book, a song, a film."""
TargetKind = Literal[MentionKind, "attribute", "movie"]
"""`attribute`: what something else has: a price, a taste, a size."""


class UnknownLanguageError(Exception):
    """No model here reads this language."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a mark."""

    begin: int
    end: int
    part_of_speech: str
    """A universal tag: `NOUN`, `PROPN`, …

    Source: https://universaldependencies.org/u/pos/
    """
    score: float
    """The tagger's probability of it, from 0.0 to 1.0."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a text names something, a date or a quantity."""

    begin: int
    end: int
    kind: MentionKind
    score: float
    """From 0.0 to 1.0: of a model, the share of its beam of readings that agrees; of a rule, a
    constant."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun with what belongs to it."""

    begin: int
    end: int
    score: float
    """The probability of the part of speech of its least certain word, from 0.0 to 1.0."""


@dataclass(frozen=True, slots=True)
class Target:
    """A thing that a text speaks of: one of its mentions, or a noun with what makes it a name."""

    begin: int
    end: int
    kind: TargetKind
    score: float
    """As that of a mention, or of a phrase."""
    evidence: Sequence[str]
    """The parts of the text that tell how it speaks of the thing, the nearest first; none: it is
    named, and nothing is said of it."""
    entity: int
    """From 0: targets with one number are one thing, since they have one name."""


@dataclass(frozen=True, slots=True)
class TextAnalysis:
    """What was found in one text, each list in the order of the text."""

    words: Sequence[Word] = ()
    mentions: Sequence[Mention] = ()
    phrases: Sequence[Phrase] = ()
    sentences: Sequence[tuple[int, int]] = ()
    """Where each begins and ends."""
    targets: Sequence[Target] = ()


class TextAnalyzer(Protocol):
    """Analyses texts."""

    @property
    def languages(self) -> AbstractSet[str]:
        """The languages that it reads, as ISO 639-1 codes."""
        ...

    async def analyze(
        self, texts: Sequence[str], *, language: str, want: AbstractSet[Want]
    ) -> list[TextAnalysis]:
        """Return an analysis for each text.

        Raises:
            UnknownLanguageError: The language is none of `languages`.
            EngineError: See its subclasses.
        """
        ...
