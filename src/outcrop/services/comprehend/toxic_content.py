"""DetectToxicContent.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/toxicity-detection.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.toxicity import LANGUAGES, NAMES
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.texts import checked, engine_errors

MOST_SEGMENTS = 10
SEGMENT_BYTES = 1_000
"""So that all together have at most 10 KB.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_DetectToxicContent.html
"""


@operation("DetectToxicContent")
async def detect_toxic_content(
    call: Call, request: shapes.DetectToxicContentRequest
) -> shapes.DetectToxicContentResponse:
    """Answer with the probability of each kind of toxicity and an overall score for each text."""
    texts = _checked(request["TextSegments"])
    language = request["LanguageCode"]
    if language not in LANGUAGES:
        raise shapes.UnsupportedLanguageException(
            f"No model on this server judges toxicity in the language {language}."
        )
    with engine_errors():
        verdicts = await call.backends.engines.toxicity.judge(texts)
    results: Any = [
        {
            "Labels": [
                {"Name": NAMES[kind], "Score": score} for kind, score in verdict.scores.items()
            ],
            "Toxicity": verdict.toxicity,
        }
        for verdict in verdicts
    ]
    return {"ResultList": results}


def _checked(segments: Sequence[Mapping[str, Any]]) -> list[str]:
    if len(segments) > MOST_SEGMENTS:
        raise shapes.InvalidRequestException(
            f"TextSegments has {len(segments)} items; at most {MOST_SEGMENTS} are allowed."
        )
    return [checked(segment["Text"], limit=SEGMENT_BYTES) for segment in segments]
