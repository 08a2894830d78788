"""DetectTargetedSentiment and its batch.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/how-targeted-sentiment.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.engines.sentiment.evidence import judge_by_evidence
from outcrop.engines.sentiment.interface import Judgement
from outcrop.engines.text_analysis.interface import Target, TargetKind
from outcrop.operations import Call, operation
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.analyses import ENTITY_TYPES, analyses_of
from outcrop.services.comprehend.batches import answer_batch
from outcrop.services.comprehend.sentiment import check_sentiment_language, sentiment_members
from outcrop.services.comprehend.texts import SHORT_TEXT_BYTES, checked, engine_errors

TARGET_TYPES: Mapping[TargetKind, str] = {
    **ENTITY_TYPES,
    "facility": "FACILITY",
    "attribute": "ATTRIBUTE",
    "movie": "MOVIE",
    "work": "OTHER",  # Whether a book, a film or a song, no model here tells.
}


@operation("DetectTargetedSentiment")
async def detect_targeted_sentiment(
    call: Call, request: shapes.DetectTargetedSentimentRequest
) -> shapes.DetectTargetedSentimentResponse:
    """Answer with the things that a text speaks of, and how it speaks of each."""
    text = checked(request["Text"], limit=SHORT_TEXT_BYTES)
    found: Any = (await targeted_sentiments_of(call, [text], request["LanguageCode"]))[0]
    return found


@operation("BatchDetectTargetedSentiment")
async def batch_detect_targeted_sentiment(
    call: Call, request: shapes.BatchDetectTargetedSentimentRequest
) -> shapes.BatchDetectTargetedSentimentResponse:
    """Do the same for up to 25 texts."""
    answer: Any = await answer_batch(
        request["TextList"],
        lambda texts: targeted_sentiments_of(call, texts, request["LanguageCode"]),
    )
    return answer


async def targeted_sentiments_of(
    call: Call, texts: Sequence[str], language: str
) -> list[dict[str, Any]]:
    """Return the `Entities` of each text.

    Raises:
        UnsupportedLanguageException: The models were not made for the language.
        InternalServerException: A model is not there, or failed.
    """
    check_sentiment_language(language)
    analyses = await analyses_of(call, texts, language, {"targets"})
    evidence = [target.evidence for analysis in analyses for target in analysis.targets]
    with engine_errors():
        judgements = iter(await judge_by_evidence(call.backends.engines.sentiment, evidence))
    return [
        {"Entities": _entities(text, [(one, next(judgements)) for one in analysis.targets])}
        for text, analysis in zip(texts, analyses, strict=True)
    ]


def _entities(text: str, judged: Sequence[tuple[Target, Judgement]]) -> list[dict[str, Any]]:
    groups: dict[int, list[dict[str, Any]]] = {}
    for target, judgement in judged:
        group = groups.setdefault(target.entity, [])
        mention = _mention(text, target, judgement)
        # That the first is itself is sure; no rule here tells how sure it is of the others.
        group.append(mention if group else {**mention, "GroupScore": 1.0})
    return [
        {"DescriptiveMentionIndex": _best_names(mentions), "Mentions": mentions}
        for mentions in groups.values()
    ]


def _mention(text: str, target: Target, judgement: Judgement) -> dict[str, Any]:
    return {
        "Score": target.score,
        "Text": text[target.begin : target.end],
        "Type": TARGET_TYPES[target.kind],
        "MentionSentiment": sentiment_members(judgement),
        "BeginOffset": target.begin,
        "EndOffset": target.end,
    }


def _best_names(mentions: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return the places of the longest names."""
    longest = max(len(mention["Text"]) for mention in mentions)
    return [at for at, mention in enumerate(mentions) if len(mention["Text"]) == longest]
