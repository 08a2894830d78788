"""What every finder of marks promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from outcrop.engines.media.places import Box

ASKING = frozenset(
    (
        *("signature", "signatures", "signed", "sign", "signs", "signatory", "signé", "signée"),
        *("signer", "signataire", "signataires", "unterschrift", "firma", "assinatura"),
    )
)
"""Words beside which people sign."""


def asks_to_sign(word: str) -> bool:
    """Tell whether people sign beside a word."""
    return word.strip(" :.,()*_-/").casefold() in ASKING


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckBox:
    """A small square to tick."""

    box: Box
    is_ticked: bool
    score: float
    """0.0 to 1.0: how much of its outline is there, times how far what is inside is from where
    ticked and empty ones part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A place where somebody signed."""

    box: Box
    score: float
    """0.0 to 1.0: the share of such places that are signatures, on pages that were drawn for it."""


class Word(Protocol):
    """A word of the page, whoever read it."""

    @property
    def text(self) -> str:
        """Characters without a space between them."""
        ...

    @property
    def score(self) -> float:
        """How sure who read it is, 0.0 to 1.0."""
        ...

    @property
    def polygon(self) -> Sequence[tuple[float, float]]:
        """Where it is."""
        ...


class MarkFinder(Protocol):
    """Finds what is drawn on pages."""

    async def checkboxes(self, image: bytes, words: Sequence[Word]) -> list[CheckBox]:
        """Return the checkboxes of a page, from top to bottom; none is no error.

        Args:
            image: A JPEG or PNG file.
            words: What is written on it.

        Raises:
            EngineError: Of `engines.workers.engine`, see its subclasses. The kinds of
                `RefusedInputError` are those of `engines.media.images`.
        """
        ...

    async def signatures(self, image: bytes, words: Sequence[Word]) -> list[Signature]:
        """Return the signatures of a page, from top to bottom; none is no error.

        Args:
            image: A JPEG or PNG file.
            words: What is written on it.

        Raises:
            EngineError: See `checkboxes`.
        """
        ...
