"""The sentiment towards things, by the parts of a text that tell of them."""

from collections.abc import Sequence

from outcrop.engines.sentiment.interface import Judgement, SentimentJudge

NOTHING_SAID = Judgement(
    "neutral", {"positive": 0.0, "negative": 0.0, "neutral": 1.0, "mixed": 0.0}
)
"""By rule, of what is named and nothing is said of."""


async def judge_by_evidence(
    judge: SentimentJudge, evidence: Sequence[Sequence[str]]
) -> list[Judgement]:
    """Return the sentiment towards each thing: that of the nearest evidence that is not neutral.

    Args:
        judge: Of texts.
        evidence: Of each thing, the nearest first.

    Raises:
        EngineError: See its subclasses.
    """
    texts = list(dict.fromkeys(text for each in evidence for text in each))
    judged = dict(zip(texts, await judge.judge(texts), strict=True)) if texts else {}
    return [_nearest([judged[text] for text in each]) for each in evidence]


def _nearest(judgements: Sequence[Judgement]) -> Judgement:
    told = (each for each in judgements if each.sentiment != "neutral")
    return next(told, judgements[0] if judgements else NOTHING_SAID)
