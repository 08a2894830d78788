"""DetectSentiment and its batch.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_DetectSentiment.html
"""

from collections.abc import Sequence
from typing import Any

from outcrop.engines.sentiment.interface import Judgement
from outcrop.operations import Call, operation
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.batches import answer_batch
from outcrop.services.comprehend.texts import SHORT_TEXT_BYTES, checked, engine_errors

LANGUAGES = frozenset(("en", "fr"))
"""Those in which the classifier was made and measured."""


@operation("DetectSentiment")
async def detect_sentiment(
    call: Call, request: shapes.DetectSentimentRequest
) -> shapes.DetectSentimentResponse:
    """Answer with the likeliest sentiment of a text and the probability of each."""
    text = checked(request["Text"], limit=SHORT_TEXT_BYTES)
    found: Any = (await sentiments_of(call, [text], request["LanguageCode"]))[0]
    return found


@operation("BatchDetectSentiment")
async def batch_detect_sentiment(
    call: Call, request: shapes.BatchDetectSentimentRequest
) -> shapes.BatchDetectSentimentResponse:
    """Do the same for up to 25 texts."""
    answer: Any = await answer_batch(
        request["TextList"], lambda texts: sentiments_of(call, texts, request["LanguageCode"])
    )
    return answer


async def sentiments_of(call: Call, texts: Sequence[str], language: str) -> list[dict[str, Any]]:
    """Return `Sentiment` and `SentimentScore` of each text.

    Raises:
        UnsupportedLanguageException: The classifier was not made for the language.
        InternalServerException: The model is not there, or failed.
    """
    check_sentiment_language(language)
    with engine_errors():
        judgements = await call.backends.engines.sentiment.judge(texts)
    return [sentiment_members(each) for each in judgements]


def check_sentiment_language(language: str) -> None:
    """Refuse languages that the classifier was not made for.

    Raises:
        UnsupportedLanguageException: See there.
    """
    if language not in LANGUAGES:
        raise shapes.UnsupportedLanguageException(
            f"No model on this server judges sentiment in the language {language}."
        )


def sentiment_members(judgement: Judgement) -> dict[str, Any]:
    """Return a judgement as `Sentiment` and `SentimentScore`."""
    return {
        "Sentiment": judgement.sentiment.upper(),
        "SentimentScore": {name.title(): score for name, score in judgement.scores.items()},
    }
