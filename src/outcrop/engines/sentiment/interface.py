"""What every judge of sentiment promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Sentiment = Literal["positive", "negative", "neutral", "mixed"]
SENTIMENTS: tuple[Sentiment, ...] = ("positive", "negative", "neutral", "mixed")


@dataclass(frozen=True, slots=True)
class Judgement:
    """The sentiment of one text."""

    sentiment: Sentiment
    """The likeliest."""
    scores: dict[Sentiment, float]
    """The probability of each, from 0.0 to 1.0; together 1."""


class SentimentJudge(Protocol):
    """Judges texts of any language that its model reads."""

    async def judge(self, texts: Sequence[str]) -> list[Judgement]:
        """Return a judgement of each text; of long ones, of their beginnings.

        Raises:
            EngineError: See its subclasses.
        """
        ...
