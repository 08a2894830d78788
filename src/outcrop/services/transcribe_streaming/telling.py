"""What was said, as events of a stream tell it.

Source: https://docs.aws.amazon.com/transcribe/latest/APIReference/API_streaming_Result.html
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from outcrop.engines.speech_to_text.interface import Word
from outcrop.engines.speech_to_text.live import Saying
from outcrop.services.transcribe_streaming import shapes
from outcrop.services.transcribe_streaming.asking import Asked

UNSPACED = frozenset(("zh", "ja", "th", "lo", "my"))
"""Languages that are written without spaces."""
MASK = "***"


def result_of(saying: Saying, asked: Asked, *, result_id: str, channel: int) -> shapes.Result:
    """Return what was said as a result.

    Args:
        saying: What was said.
        asked: What the request asks for.
        result_id: Tells what is said between two pauses from the rest.
        channel: Which channel it was said on.
    """
    told = _filtered(saying.words, asked)
    result: shapes.Result = {
        "ResultId": result_id,
        "StartTime": round(saying.start_seconds, 3),
        "EndTime": round(saying.end_seconds, 3),
        "IsPartial": not saying.is_final,
        "Alternatives": [
            {
                "Transcript": _text([word for word, _ in told], saying.language),
                "Items": list(_items(told, saying, asked)),
            }
        ],
        "ChannelId": f"ch_{channel}",
    }
    if not asked.code:
        result["LanguageCode"] = asked.code_of(saying.language)
    return result


def _filtered(words: Sequence[Word], asked: Asked) -> list[tuple[Word, bool]]:
    """Return words with whether the filter names them, masked or removed if it is to do so."""
    names = {word.lower() for word in asked.filtered}
    told: list[tuple[Word, bool]] = []
    for word in words:
        is_match = word.text.lower() in names
        if not is_match or asked.method == "tag":
            told.append((word, is_match))
        elif asked.method == "mask":
            told.append((replace(word, text=MASK), True))
    return told


def _text(words: Sequence[Word], language: str) -> str:
    space = "" if language in UNSPACED else " "
    return space.join(f"{word.text}{word.mark[:1]}" for word in words)


def _items(
    told: Sequence[tuple[Word, bool]], saying: Saying, asked: Asked
) -> Iterator[shapes.Item]:
    settled_until = saying.words[saying.settled - 1].end_seconds if saying.settled else 0.0
    for word, is_match in told:
        stable: Any = (
            {"Stable": saying.is_final or word.end_seconds <= settled_until}
            if asked.is_stabilized
            else {}
        )
        item: Any = {
            "StartTime": round(word.start_seconds, 3),
            "EndTime": round(word.end_seconds, 3),
            "Type": "pronunciation",
            "Content": word.text,
            "VocabularyFilterMatch": is_match,
            "Confidence": round(word.score, 4),
            **stable,
        }
        yield item
        if word.mark:
            mark: Any = {
                "StartTime": round(word.end_seconds, 3),
                "EndTime": round(word.end_seconds, 3),
                "Type": "punctuation",
                "Content": word.mark[:1],
                "VocabularyFilterMatch": False,
                **stable,
            }
            yield mark
