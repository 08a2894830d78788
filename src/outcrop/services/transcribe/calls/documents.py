"""The document that a call analytics job writes.

Source: https://docs.aws.amazon.com/transcribe/latest/dg/tca-output-batch.html
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.services.transcribe.calls.characteristics import characteristics, millis
from outcrop.services.transcribe.calls.turns import Call, Turn
from outcrop.services.transcribe.items import Item
from outcrop.services.transcribe.transcripts import number

LOUDEST = 100.0
"""The score of the loudest second that there can be; a decibel less is one less."""


def document_of(
    call: Call,
    *,
    job: str,
    account: str,
    code: str,
    categories: Mapping[str, Any],
    redaction_types: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the document.

    Args:
        call: What was heard.
        job: The job's name.
        account: Whose it is.
        code: The language code.
        categories: As `categories_of` tells them.
        redaction_types: What was taken out; empty: nothing.
    """
    metadata: dict[str, Any] = {"Output": "Raw"}
    if redaction_types:
        metadata = {"Output": "Redacted", "RedactionTypes": list(redaction_types)}
    return {
        "JobStatus": "COMPLETED",
        "LanguageCode": code,
        "Transcript": [_turn(turn, job, at) for at, turn in enumerate(call.turns)],
        "AccountId": account,
        "Categories": categories,
        "Channel": "VOICE",
        "JobName": job,
        "Participants": [{"ParticipantRole": role} for role in sorted(call.speech)],
        "ConversationCharacteristics": characteristics(call),
        "ContentMetadata": metadata,
    }


def loudness(level: float) -> float:
    """Return how loud a second is, from 0 to 100, by its level below the loudest in decibels."""
    return round(min(LOUDEST, max(0.0, LOUDEST + level)), 2)


def _turn(turn: Turn, job: str, at: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        "LoudnessScores": [loudness(level) for level in turn.levels],
        "Content": turn.text,
        "Items": [piece for item in turn.items for piece in _pieces(item)],
        "Id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{job}/{at}/{millis(turn.begin)}")),
        "BeginOffsetMillis": millis(turn.begin),
        "EndOffsetMillis": millis(turn.end),
        "ParticipantRole": turn.role,
    }
    if turn.sentiment:
        told["Sentiment"] = turn.sentiment
    if gone := [item for item in turn.items if item.redaction]:
        told["Redaction"] = {"RedactedTimestamps": [[_times(item) for item in gone]]}
    return told


def _times(item: Item) -> dict[str, int]:
    return {"BeginOffsetMillis": millis(item.start), "EndOffsetMillis": millis(item.end)}


def _pieces(item: Item) -> list[dict[str, Any]]:
    """Return a word and the mark behind it."""
    told: dict[str, Any] = {"Type": "pronunciation", **_times(item), "Content": item.content}
    score = number(item.score)
    if item.redaction:
        told["Redaction"] = [{"Confidence": score, "Type": item.redaction, "Category": "PII"}]
    else:
        told["Confidence"] = score
    if item.is_match:
        told["VocabularyFilterMatch"] = True
    mark = {"Type": "punctuation", "Content": item.mark}
    return [told, mark] if item.mark else [told]
