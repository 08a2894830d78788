"""What was said, as events of a stream tell it.

Source: https://docs.aws.amazon.com/transcribe/latest/APIReference/API_streaming_Result.html
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from outcrop.aws.language_codes import scored
from outcrop.engines.speech_to_text.interface import Word
from outcrop.engines.speech_to_text.live import Saying
from outcrop.engines.speech_to_text.phrases import UNSPACED
from outcrop.operations.personal_data import SpokenData
from outcrop.operations.speech_words import places_named
from outcrop.services.transcribe_streaming import shapes
from outcrop.services.transcribe_streaming.asking import Asked

MASK = "***"


@dataclass(frozen=True, slots=True)
class _Told:
    """A word, or what stands for some."""

    word: Word
    data: SpokenData | None = None
    """The personal data that it is part of."""
    is_match: bool = False
    """Whether the vocabulary filter names it."""
    speaker: str = ""
    """`spk_0`; empty: not told."""


def result_of(
    saying: Saying, asked: Asked, found: Sequence[SpokenData], *, result_id: str, channel: int
) -> shapes.Result:
    """Return what was said as a result.

    Args:
        saying: What was said.
        asked: What the request asks for.
        found: The personal data in it.
        result_id: Tells what is said between two pauses from the rest.
        channel: Which channel it was said on.
    """
    words = _told(saying, found)
    told = _filtered(_redacted(words) if asked.is_redacted else words, asked)
    alternative: shapes.Alternative = {
        "Transcript": _text([one.word for one in told], saying.language),
        "Items": list(_items(told, saying, asked)),
    }
    if found:
        alternative["Entities"] = list(_entities(told, saying.language))
    result: shapes.Result = {
        "ResultId": result_id,
        "StartTime": round(saying.start_seconds, 3),
        "EndTime": round(saying.end_seconds, 3),
        "IsPartial": not saying.is_final,
        "Alternatives": [alternative],
        "ChannelId": f"ch_{channel}",
    }
    if not asked.code:
        result["LanguageCode"] = asked.code_of(saying.language)
        if saying.languages:
            result["LanguageIdentification"] = [
                {"LanguageCode": code, "Score": round(score, 4)}
                for code, score in scored(saying.languages, asked.options)
            ]
    return result


def _told(saying: Saying, found: Sequence[SpokenData]) -> list[_Told]:
    """Return words with the personal data that they are part of, and who says them."""
    return [
        _Told(
            word,
            next((data for data in found if at in data.words), None),
            speaker=f"spk_{saying.speakers[at]}" if saying.speakers else "",
        )
        for at, word in enumerate(saying.words)
    ]


def _redacted(words: Sequence[_Told]) -> list[_Told]:
    """Return words with one that names its kind in place of all personal data."""
    told: list[_Told] = []
    for one in words:
        data = one.data
        if data is None:
            told.append(one)
        elif told and (told[-1].data, told[-1].speaker) == (data, one.speaker):
            tag = replace(told[-1].word, end_seconds=one.word.end_seconds, mark=one.word.mark)
            told[-1] = replace(told[-1], word=tag)
        else:
            told.append(replace(one, word=replace(one.word, text=f"[{data.type}]")))
    return told


def _filtered(told: Sequence[_Told], asked: Asked) -> list[_Told]:
    """Return words with whether the filter names them, masked or removed if it is to do so."""
    named = places_named([one.word.text for one in told], asked.filtered)
    kept: list[_Told] = []
    for at, one in enumerate(told):
        is_match = at in named
        if not is_match or asked.method == "tag":
            kept.append(replace(one, is_match=is_match))
        elif asked.method == "mask":
            kept.append(replace(one, word=replace(one.word, text=MASK), is_match=True))
    return kept


def _text(words: Sequence[Word], language: str) -> str:
    space = "" if language in UNSPACED else " "
    return space.join(f"{word.text}{word.mark[:1]}" for word in words)


def _items(told: Sequence[_Told], saying: Saying, asked: Asked) -> Iterator[shapes.Item]:
    settled_until = saying.words[saying.settled - 1].end_seconds if saying.settled else 0.0
    for one in told:
        word = one.word
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
            "VocabularyFilterMatch": one.is_match,
            **stable,
        }
        if one.speaker:
            item["Speaker"] = one.speaker
        if not (one.data and asked.is_redacted):  # Of what is not told, nothing was heard.
            item["Confidence"] = round(word.score, 4)
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


def _entities(told: Sequence[_Told], language: str) -> Iterator[shapes.Entity]:
    groups: list[list[_Told]] = []
    for one in told:
        if one.data is None:
            continue
        if groups and groups[-1][-1].data is one.data:
            groups[-1].append(one)
        else:
            groups.append([one])
    for group in groups:
        first, last = group[0].word, replace(group[-1].word, mark="")
        words = [*(one.word for one in group[:-1]), last]
        data = group[0].data
        if data is not None:
            yield {
                "StartTime": round(first.start_seconds, 3),
                "EndTime": round(last.end_seconds, 3),
                "Category": "PII",
                "Type": data.type,
                "Content": _text(words, language),
                "Confidence": round(data.score, 4),
            }
