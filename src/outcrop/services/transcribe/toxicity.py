"""How toxic is what was said.

Source: https://docs.aws.amazon.com/transcribe/latest/dg/toxicity.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outcrop.aws.language_codes import language_of
from outcrop.engines.toxicity.interface import Verdict
from outcrop.operations.backends import Engines
from outcrop.operations.toxicity import LANGUAGES, NAMES
from outcrop.services.transcribe import shapes
from outcrop.services.transcribe.items import Item, segments_of, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one speaker says between two pauses, and how toxic that is."""

    items: Sequence[Item]
    verdict: Verdict
    start: float
    end: float


def check_toxicity(request: Mapping[str, Any]) -> None:
    """Refuse a language in which nobody here can tell what is toxic.

    Raises:
        ServiceError: See there.
    """
    if "ToxicityDetection" not in request:
        return
    code: str | None = request.get("LanguageCode")
    if code is None:
        raise shapes.BadRequestException(
            "You can't use toxicity detection with language identification. Specify a LanguageCode"
            " and try your request again."
        )
    if language_of(code) not in LANGUAGES:
        raise shapes.BadRequestException(
            f"Toxicity detection isn't available for {code}: the classifiers on this server were"
            f" made for {' and '.join(sorted(LANGUAGES))}."
        )


async def judged(engines: Engines, items: Sequence[Item]) -> list[Judged]:
    """Return a verdict on each segment.

    Raises:
        EngineError: A model or a library is not there, or failed.
    """
    segments = segments_of(items)
    if not segments:
        return []
    verdicts = await engines.toxicity.judge([text_of(segment) for segment in segments])
    return [
        Judged(items=segment, verdict=verdict, start=segment[0].start, end=segment[-1].end)
        for segment, verdict in zip(segments, verdicts, strict=True)
    ]


def told(segment: Judged) -> dict[str, Any]:
    """Return a verdict as the transcript tells it."""
    scores = segment.verdict.scores
    return {
        "text": text_of(segment.items),
        "toxicity": round(segment.verdict.toxicity, 4),
        "categories": {name.lower(): round(scores[kind], 4) for kind, name in NAMES.items()},
        "start_time": round(segment.start, 3),
        "end_time": round(segment.end, 3),
    }
