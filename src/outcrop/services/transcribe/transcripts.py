"""Transcripts as AWS writes them: a JSON document with the words, their times and what they say.

Sources: https://docs.aws.amazon.com/transcribe/latest/dg/how-input.html, "Output", and the examples
of https://docs.aws.amazon.com/transcribe/latest/dg/channel-id-output-batch.html,
diarization-output-batch.html, alternatives.html, lang-id-batch.html and toxicity.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from outcrop.aws.language_codes import code_of
from outcrop.services.transcribe.items import Choice, Item, segments_of, text_of
from outcrop.services.transcribe.toxicity import Judged, told

MARK_CONFIDENCE = "0.0"
"""As AWS has it: nobody heard the mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What was said in a file, and what is told of it."""

    items: Sequence[Item]
    channels: int = 0
    """How many are told apart; 0: none."""
    alternatives: Sequence[Choice] = ()
    """Empty: none were asked for."""
    codes: Sequence[tuple[str, float]] = field(default_factory=tuple[tuple[str, float], ...])
    """The languages that were identified, with their probabilities."""
    options: Sequence[str] = ()
    """The codes that may be used for languages; empty: all."""
    is_multilingual: bool = False
    toxicity: Sequence[Judged] | None = None
    """`None`: nobody asked for it."""


def results_of(transcript: Transcript) -> dict[str, Any]:
    """Return the member `results` of the document."""
    items, numbers = _numbered(transcript)
    results: dict[str, Any] = {}
    if transcript.is_multilingual:
        results["language_codes"] = [
            {"language_code": code, "duration_in_seconds": seconds}
            for code, seconds in durations(transcript)
        ]
    elif transcript.codes:
        results["language_code"] = transcript.codes[0][0]
        results["language_identification"] = [
            {"score": number(score), "code": code} for code, score in transcript.codes
        ]
    results["transcripts"] = [{"transcript": text_of(transcript.items)}]
    if transcript.channels:
        results["channel_labels"] = _channel_labels(transcript)
    if any(item.speaker for item in transcript.items):
        results["speaker_labels"] = _speaker_labels(transcript)
    if transcript.alternatives:
        results["segments"] = [_segment(choice) for choice in transcript.alternatives]
    results["items"] = items
    results["audio_segments"] = _audio_segments(transcript, numbers)
    if transcript.toxicity is not None:
        results["toxicity_detection"] = [told(segment) for segment in transcript.toxicity]
    return results


def durations(transcript: Transcript) -> list[tuple[str, float]]:
    """Return the languages of a transcript with the seconds that they are spoken for."""
    seconds: dict[str, float] = {}
    for segment in segments_of(transcript.items):
        code = _code(segment[0], transcript)
        seconds[code] = seconds.get(code, 0.0) + segment[-1].end - segment[0].start
    return [(code, round(spoken, 2)) for code, spoken in seconds.items()]


def number(value: float) -> str:
    """Return a time or a confidence as AWS writes it: `4.87`, `0.0`."""
    return str(round(float(value), 3))


def _code(item: Item, transcript: Transcript) -> str:
    return code_of(item.language, transcript.options) or item.language


def _numbered(transcript: Transcript) -> tuple[list[dict[str, Any]], list[list[int]]]:
    """Return all items, and the numbers of each word and its mark."""
    told: list[dict[str, Any]] = []
    numbers: list[list[int]] = []
    for item in transcript.items:
        own = _pieces(item, transcript)
        numbers.append(list(range(len(told), len(told) + len(own))))
        told += [{"id": len(told) + at, **piece} for at, piece in enumerate(own)]
    return told, numbers


def _pieces(item: Item, transcript: Transcript) -> list[dict[str, Any]]:
    """Return a word and the mark behind it, as two items."""
    labels: dict[str, Any] = {}
    if item.channel:
        labels["channel_label"] = item.channel
    if item.speaker:
        labels["speaker_label"] = item.speaker
    if transcript.is_multilingual:
        labels["language_code"] = _code(item, transcript)
    word: dict[str, Any] = {
        "type": "pronunciation",
        "alternatives": [{"content": item.content, **_certainty(item)}],
        "start_time": number(item.start),
        "end_time": number(item.end),
        **labels,
    }
    if item.is_match:
        word["vocabularyFilterMatch"] = True
    if not item.mark:
        return [word]
    content = [{"confidence": MARK_CONFIDENCE, "content": item.mark}]
    return [word, {"type": "punctuation", "alternatives": content, **labels}]


def _certainty(item: Item) -> dict[str, Any]:
    """Return how sure it is what was said, or that it was personal data."""
    if not item.redaction:
        return {"confidence": number(item.score)}
    redaction = {"confidence": number(item.score), "type": item.redaction, "category": "PII"}
    return {"redactions": [redaction]}


def _audio_segments(transcript: Transcript, numbers: Sequence[list[int]]) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    at = 0
    for segment in segments_of(transcript.items):
        inside = [one for own in numbers[at : at + len(segment)] for one in own]
        at += len(segment)
        labels: dict[str, str] = {}
        if segment[0].channel:
            labels["channel_label"] = segment[0].channel
        if segment[0].speaker:
            labels["speaker_label"] = segment[0].speaker
        if transcript.is_multilingual:
            labels["language_code"] = _code(segment[0], transcript)
        told.append(
            {
                "id": len(told),
                "transcript": text_of(segment),
                "start_time": number(segment[0].start),
                "end_time": number(segment[-1].end),
                **labels,
                "items": inside,
            }
        )
    return told


def _channel_labels(transcript: Transcript) -> dict[str, Any]:
    names = [f"ch_{at}" for at in range(transcript.channels)]
    channels = [
        {
            "channel_label": name,
            "items": [
                piece
                for item in transcript.items
                if item.channel == name
                for piece in _pieces(item, transcript)
            ],
        }
        for name in names
    ]
    return {"channels": channels, "number_of_channels": len(names)}


def _speaker_labels(transcript: Transcript) -> dict[str, Any]:
    segments = [
        {
            "start_time": number(segment[0].start),
            "speaker_label": segment[0].speaker,
            "end_time": number(segment[-1].end),
            "items": [
                {
                    "start_time": number(item.start),
                    "speaker_label": item.speaker,
                    "end_time": number(item.end),
                }
                for item in segment
            ],
        }
        for segment in segments_of(transcript.items)
    ]
    speakers = {item.speaker for item in transcript.items}
    return {"channel_label": "ch_0", "speakers": len(speakers), "segments": segments}


def _segment(choice: Choice) -> Mapping[str, Any]:
    return {
        "start_time": number(choice.start),
        "end_time": number(choice.end),
        **({"channel_label": choice.channel} if choice.channel else {}),
        "alternatives": [_alternative(items) for items in choice.alternatives],
    }


def _alternative(items: Sequence[Item]) -> Mapping[str, Any]:
    told: list[dict[str, Any]] = []
    for item in items:
        told.append(
            {
                "start_time": number(item.start),
                **_certainty(item),
                "end_time": number(item.end),
                "type": "pronunciation",
                "content": item.content,
            }
        )
        if item.mark:
            mark = {"confidence": MARK_CONFIDENCE, "type": "punctuation", "content": item.mark}
            told.append(mark)
    return {"transcript": text_of(items), "items": told}
