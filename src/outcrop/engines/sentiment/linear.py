"""Sentiment by a linear classifier over the embeddings of texts.

Its numbers, in `linear.json`, are made by `tools/train_sentiment.py` for one embedding model.
"""

import json
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from outcrop.engines.sentiment.interface import SENTIMENTS, Judgement, Sentiment

Embed = Callable[[Sequence[str]], Awaitable[Sequence[Sequence[float]]]]
"""Returns a vector for each text, of the model that the classifier was made for."""


@dataclass(frozen=True, slots=True)
class LinearClassifier:
    """Weights and biases of the four classes."""

    model: str
    """Whose embeddings it reads."""
    weights: Sequence[Sequence[float]]
    """(classes, dimensions), classes in the order of `SENTIMENTS`."""
    biases: Sequence[float]

    def judge(self, vector: Sequence[float]) -> Judgement:
        """Return the judgement of a text by its embedding."""
        logits = [
            bias + sum(map(float.__mul__, row, vector))
            for row, bias in zip(self.weights, self.biases, strict=True)
        ]
        highest = max(logits)
        shares = [math.exp(logit - highest) for logit in logits]
        scores: dict[Sentiment, float] = {
            name: share / sum(shares) for name, share in zip(SENTIMENTS, shares, strict=True)
        }
        return Judgement(max(SENTIMENTS, key=lambda name: scores[name]), scores)


@cache
def shipped_classifier() -> LinearClassifier:
    """Return the classifier that comes with Outcrop."""
    resource = files("outcrop.engines.sentiment").joinpath("linear.json")
    return LinearClassifier(**json.loads(resource.read_text(encoding="utf-8")))


class LinearSentimentJudge:
    """Implements `SentimentJudge`."""

    def __init__(self, embed: Embed) -> None:
        """Judge by what `embed` makes of texts; it raises `EngineError` where it cannot."""
        self._embed = embed

    async def judge(self, texts: Sequence[str]) -> list[Judgement]:
        """See `SentimentJudge.judge`."""
        classifier = shipped_classifier()
        return [classifier.judge(vector) for vector in await self._embed(texts)]
