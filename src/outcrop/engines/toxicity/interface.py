"""What every judge of toxicity promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

ToxicKind = Literal["graphic", "harassment", "hate", "insult", "profanity", "sexual", "threat"]
"""`graphic`: vivid and unpleasant images, of wounds and corpses; `hate`: against a group that
people belong to; `threat`: of violence, or the wish for it."""
KINDS: tuple[ToxicKind, ...] = (
    "graphic",
    "harassment",
    "hate",
    "insult",
    "profanity",
    "sexual",
    "threat",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How toxic one text is."""

    toxicity: float
    """How toxic it is as a whole, from 0.0 to 1.0: a score, from 0.5 on of what is told toxic."""
    scores: dict[ToxicKind, float]
    """The probability of each kind, from 0.0 to 1.0; a text may be of several."""


class ToxicityJudge(Protocol):
    """Judges texts of any language that its model reads."""

    async def judge(self, texts: Sequence[str]) -> list[Verdict]:
        """Return a verdict on each text; of long ones, on their beginnings.

        Raises:
            EngineError: See its subclasses.
        """
        ...
