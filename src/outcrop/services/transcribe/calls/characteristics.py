"""How a call went: silences, interruptions, who spoke how long, how fast and in which mood.

Sources: https://docs.aws.amazon.com/transcribe/latest/dg/call-analytics-batch.html and
https://docs.aws.amazon.com/transcribe/latest/dg/tca-output-batch.html
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from outcrop.services.transcribe.calls.turns import NON_TALK_SECONDS, Call, Span, Turn

SHORTEST_OVERLAP_SECONDS = 0.5
"""Of two turns, of which the later one interrupts the other: less may be chance."""
SCORES: Mapping[str, float] = {"POSITIVE": 5.0, "NEGATIVE": -5.0, "NEUTRAL": 0.0, "MIXED": 0.0}
QUARTERS = 4


def silences(call: Call, *, shortest: float = NON_TALK_SECONDS) -> list[Span]:
    """Return when nobody speaks, between the first and the last word."""
    spoken = sorted(
        (span for own in call.speech.values() for span in own), key=lambda span: span.begin
    )
    found: list[Span] = []
    until = spoken[0].end if spoken else 0.0
    for span in spoken:
        if span.begin - until >= shortest:
            found.append(Span(begin=until, end=span.begin))
        until = max(until, span.end)
    return found


def interruptions(turns: Sequence[Turn]) -> list[Turn]:
    """Return the turns that begin while the other participant is speaking, and goes on to."""
    return [turn for at, turn in enumerate(turns) if _interrupts(turn, turns[:at])]


def _interrupts(turn: Turn, before: Iterable[Turn]) -> bool:
    return any(
        other.role != turn.role
        and other.begin < turn.begin
        and min(other.end, turn.end) - turn.begin >= SHORTEST_OVERLAP_SECONDS
        for other in before
    )


def millis(seconds: float) -> int:
    """Return a time as AWS tells it."""
    return round(seconds * 1000)


def characteristics(call: Call) -> dict[str, Any]:
    """Return `ConversationCharacteristics`."""
    told: dict[str, Any] = {
        "NonTalkTime": _non_talk_time(silences(call)),
        "Interruptions": _interruptions(interruptions(call.turns)),
        "TotalConversationDurationMillis": max(
            (millis(turn.end) for turn in call.turns), default=0
        ),
    }
    if call.turns and all(turn.sentiment for turn in call.turns):
        told["Sentiment"] = _sentiment(call.turns)
    talked = {role: sum(span.seconds for span in own) for role, own in call.speech.items()}
    told["TalkSpeed"] = {"DetailsByParticipant": _speeds(call.turns, talked)}
    told["TalkTime"] = {
        "DetailsByParticipant": {
            role: {"TotalTimeMillis": millis(seconds)} for role, seconds in talked.items()
        },
        "TotalTimeMillis": sum(map(millis, talked.values())),
    }
    return told


def _instance(begin: float, end: float) -> dict[str, int]:
    return {
        "BeginOffsetMillis": millis(begin),
        "DurationMillis": millis(end) - millis(begin),
        "EndOffsetMillis": millis(end),
    }


def _non_talk_time(spans: Sequence[Span]) -> dict[str, Any]:
    instances = [_instance(span.begin, span.end) for span in spans]
    return {
        "Instances": instances,
        "TotalTimeMillis": sum(one["DurationMillis"] for one in instances),
    }


def _interruptions(turns: Sequence[Turn]) -> dict[str, Any]:
    by_interrupter: dict[str, list[dict[str, int]]] = {}
    for turn in turns:
        by_interrupter.setdefault(turn.role, []).append(_instance(turn.begin, turn.end))
    every = [one for own in by_interrupter.values() for one in own]
    return {
        "TotalCount": len(every),
        "TotalTimeMillis": sum(one["DurationMillis"] for one in every),
        "InterruptionsByInterrupter": by_interrupter,
    }


def _speeds(turns: Sequence[Turn], talked: Mapping[str, float]) -> dict[str, Any]:
    """Return how many words each participant says in a minute of speech."""
    words = {role: sum(len(turn.items) for turn in turns if turn.role == role) for role in talked}
    return {
        role: {"AverageWordsPerMinute": round(60 * words[role] / seconds)}
        for role, seconds in talked.items()
        if seconds
    }


def _sentiment(turns: Sequence[Turn]) -> dict[str, Any]:
    roles = sorted({turn.role for turn in turns})
    by_role = {role: [turn for turn in turns if turn.role == role] for role in roles}
    return {
        "OverallSentiment": {role: _score(own) for role, own in by_role.items()},
        "SentimentByPeriod": {"QUARTER": {role: _quarters(own) for role, own in by_role.items()}},
    }


def _score(turns: Sequence[Turn]) -> float:
    """Return the mean of what turns are worth, from -5 to 5."""
    scores = [SCORES[turn.sentiment] for turn in turns]
    return round(sum(scores) / len(scores), 1)


def _quarters(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """Return the scores of the quarters of the time until a participant's last word.

    One in which no turn begins has none.
    """
    last = millis(turns[-1].end)
    bounds = [last * at // QUARTERS for at in range(QUARTERS + 1)]
    told: list[dict[str, Any]] = []
    for begin, end in pairwise(bounds):
        own = [turn for turn in turns if begin <= millis(turn.begin) < end]
        score = {"Score": _score(own)} if own else {}
        told.append({**score, "BeginOffsetMillis": begin, "EndOffsetMillis": end})
    return told
