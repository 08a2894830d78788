"""Sentiment by a linear classifier over the embeddings of texts."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from outcrop.engines.sentiment.interface import SENTIMENTS, Judgement

Classify = Callable[[Sequence[str]], Awaitable[Sequence[Mapping[str, float]]]]
"""Returns the probability of each sentiment for each text."""


class LinearSentimentJudge:
    """Implements `SentimentJudge`."""

    def __init__(self, classify: Classify) -> None:
        """Judge by what `classify` says of texts; it raises `EngineError` where it cannot."""
        self._classify = classify

    async def judge(self, texts: Sequence[str]) -> list[Judgement]:
        """See `SentimentJudge.judge`."""
        return [judgement(scores) for scores in await self._classify(texts)]


def judgement(scores: Mapping[str, float]) -> Judgement:
    """Return a judgement by the probability of each sentiment."""
    return Judgement(
        max(SENTIMENTS, key=lambda name: scores[name]), {name: scores[name] for name in SENTIMENTS}
    )
