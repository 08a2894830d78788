"""What every translator promises.

Languages are BCP 47 tags as short as can be: `fr`, `fr-CA`, `zh-TW`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from outcrop.engines.workers.engine import EngineError

Register = Literal["formal", "informal"]
"""How the reader is addressed."""


class Pair(NamedTuple):
    """From which language into which."""

    source: str
    target: str


class UnsupportedPairError(EngineError):
    """No engine here translates between the two languages."""


class UnsupportedWishError(EngineError):
    """The engine of the pair cannot do what was wished for; the message says what."""


@dataclass(frozen=True, slots=True)
class Term:
    """How an expression is to be translated, wherever it stands, in exactly these letters."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence and how somebody translated it."""

    source: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How to translate."""

    register: Register | None = None
    """Heeded where the target language knows the difference; else ignored."""
    is_brief: bool = False
    """Whether the shorter of two translations is preferred."""
    terms: Sequence[Term] = ()
    examples: Sequence[Example] = ()
    """Translations to be like; those that resemble a sentence most are shown to the model."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A text that is cut by marks, such as the tags inside a paragraph."""

    runs: Sequence[str]
    """The texts before, between and behind the marks."""
    marks: Sequence[str] = ()
    """One less than the runs; each looks like a tag: `<b>`, `</b>`, `<br>`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """A passage in another language."""

    runs: Sequence[str]
    """As many as the passage had."""
    terms: Sequence[Term] = ()
    """Those that were met, in the order of the text, each once."""
    keeps_register: bool = True
    """Whether nothing in it speaks in another register than the one that was wished for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslatorTraits:
    """What a translator can do."""

    name: str
    """What really translates."""
    registers: frozenset[str] = frozenset()
    """The languages into which it heeds a register."""
    is_brief: bool = False
    """Whether it can be brief."""
    uses_examples: bool = False


class Translator(Protocol):
    """Translates passages."""

    def languages(self) -> frozenset[str]:
        """Return the languages that are translated from or into, regions left out.

        Raises:
            EngineUnavailableError: No engine is there at all.
        """
        ...

    def traits(self, pair: Pair) -> TranslatorTraits:
        """Return what the engine of a pair can do.

        Raises:
            UnsupportedPairError: No engine translates it.
            EngineUnavailableError: The engine is not there.
        """
        ...

    async def translate(
        self, passages: Sequence[Passage], pair: Pair, wishes: Wishes
    ) -> list[Translation]:
        """Return the passages in the target language, in their order.

        Numbers, addresses, placeholders, marks and terms of a passage are found again in its
        translation.

        Raises:
            EngineError: See its subclasses.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One sentence for a backend."""

    sentence: str
    keep: Sequence[str] = ()
    """What an earlier attempt lost and has to stand in the translation as it is."""
    attempt: int = 0
    """How often the sentence was translated in vain."""
    register: Register | None = None
    is_brief: bool = False
    terms: Sequence[Term] = ()
    """Those that occur in the sentence."""
    examples: Sequence[Example] = field(default_factory=tuple[Example, ...])


class SentenceTranslator(Protocol):
    """Translates sentences as well as it can; others check what comes of it."""

    @property
    def attempts(self) -> int:
        """How often it is worth asking for the same sentence."""
        ...

    def languages(self) -> frozenset[str]:
        """See `Translator.languages`."""
        ...

    def traits(self, pair: Pair) -> TranslatorTraits | None:
        """Return what it can do for a pair; `None`: it does not translate it."""
        ...

    async def translate(self, asks: Sequence[Ask], pair: Pair) -> list[str]:
        """Return the sentences in the target language.

        Raises:
            EngineError: See its subclasses.
        """
        ...

    async def close(self) -> None:
        """Let go of processes."""
        ...
