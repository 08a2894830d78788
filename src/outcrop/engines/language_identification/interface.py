"""What every identifier of languages promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LanguageGuess:
    """One language that a text may be in."""

    language: str
    """ISO 639-1 where there is such a code, ISO 639-3 elsewhere; `zh-TW`: traditional Chinese."""
    score: float
    """Probability from 0.0 to 1.0."""


class LanguageIdentifier(Protocol):
    """Tells languages."""

    async def identify(self, texts: Sequence[str]) -> list[list[LanguageGuess]]:
        """Return for each text the languages that it may be in, the likeliest first.

        Those below a probability of 0.01 are left out, the first one excepted: there is always one.

        Raises:
            EngineError: See its subclasses.
        """
        ...
