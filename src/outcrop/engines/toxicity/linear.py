"""Toxicity by linear classifiers over the embeddings of texts, one for each kind.

Their numbers, in `linear.json`, are made by `tools/train_toxicity.py` for one embedding model.
"""

import json
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from outcrop.engines.toxicity.interface import KINDS, ToxicKind, Verdict

Embed = Callable[[Sequence[str]], Awaitable[Sequence[Sequence[float]]]]
"""Returns a vector for each text, of the model that the classifiers were made for."""


@dataclass(frozen=True, slots=True)
class LinearClassifiers:
    """Weights and biases: of the kinds in the order of `KINDS`, then of toxicity as a whole."""

    model: str
    """Whose embeddings they read."""
    weights: Sequence[Sequence[float]]
    """(kinds + 1, dimensions)."""
    biases: Sequence[float]

    def judge(self, vector: Sequence[float]) -> Verdict:
        """Return the verdict on a text by its embedding."""
        shares = [
            1 / (1 + math.exp(-(bias + sum(map(float.__mul__, row, vector)))))
            for row, bias in zip(self.weights, self.biases, strict=True)
        ]
        scores: dict[ToxicKind, float] = dict(zip(KINDS, shares, strict=False))
        return Verdict(shares[-1], scores)


@cache
def shipped_classifiers() -> LinearClassifiers:
    """Return the classifiers that come with Outcrop."""
    resource = files("outcrop.engines.toxicity").joinpath("linear.json")
    return LinearClassifiers(**json.loads(resource.read_text(encoding="utf-8")))


class LinearToxicityJudge:
    """Implements `ToxicityJudge`."""

    def __init__(self, embed: Embed) -> None:
        """Judge by what `embed` makes of texts; it raises `EngineError` where it cannot."""
        self._embed = embed

    async def judge(self, texts: Sequence[str]) -> list[Verdict]:
        """See `ToxicityJudge.judge`."""
        classifiers = shipped_classifiers()
        return [classifiers.judge(vector) for vector in await self._embed(texts)]
