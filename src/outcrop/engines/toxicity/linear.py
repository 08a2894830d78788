"""Toxicity by linear classifiers over the embeddings of texts: one a kind, and one for any."""

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence

from outcrop.engines.toxicity.interface import KINDS, ToxicKind, Verdict

ANY = "any"
"""The class of what is toxic in any way."""

Classify = Callable[[Sequence[str]], Awaitable[Sequence[Mapping[str, float]]]]
"""Returns the probability of each kind, and of `ANY`, for each text."""


class LinearToxicityJudge:
    """Implements `ToxicityJudge`."""

    def __init__(self, classify: Classify) -> None:
        """Judge by what `classify` says of texts; it raises `EngineError` where it cannot."""
        self._classify = classify

    async def judge(self, texts: Sequence[str]) -> list[Verdict]:
        """See `ToxicityJudge.judge`."""
        return [verdict(scores) for scores in await self._classify(texts)]


def verdict(scores: Mapping[str, float]) -> Verdict:
    """Return a verdict by the probabilities of all classes.

    What is toxic is so in some way: the overall score is the geometric mean of `ANY` and the
    likeliest kind, which takes fewer harmless texts for toxic than `ANY` alone.
    """
    kinds: dict[ToxicKind, float] = {kind: scores[kind] for kind in KINDS}
    return Verdict(math.sqrt(scores[ANY] * max(kinds.values())), kinds)
