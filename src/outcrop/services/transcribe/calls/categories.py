"""Which categories a call belongs to: their rules, held against what was heard.

A call belongs to a category if all of its rules match.

Source: https://docs.aws.amazon.com/transcribe/latest/dg/tca-categories-batch.html
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from outcrop.services.transcribe.calls.characteristics import interruptions, millis, silences
from outcrop.services.transcribe.calls.turns import Call, Span, Turn
from outcrop.services.transcribe.items import Item

HALF = 0.5
"""Of the turns must have a sentiment, that a rule may match."""
Match: TypeAlias = tuple[bool, list[Span]]
"""Whether a rule matches, and where."""


def categories_of(call: Call, rules: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    """Return `Categories`.

    Args:
        call: What was heard.
        rules: Those of each category, by its name.
    """
    details: dict[str, Any] = {}
    for name, own in rules.items():
        matches = [_match(call, rule) for rule in own]
        if all(is_match for is_match, _ in matches):
            points = {_point(span) for _, spans in matches for span in spans}
            details[name] = {
                "PointsOfInterest": [
                    {"BeginOffsetMillis": begin, "EndOffsetMillis": end}
                    for begin, end in sorted(points)
                ]
            }
    return {"MatchedDetails": details, "MatchedCategories": list(details)}


def _point(span: Span) -> tuple[int, int]:
    return millis(span.begin), millis(span.end)


def _match(call: Call, rule: Mapping[str, Any]) -> Match:
    ((name, asked),) = rule.items()
    return FILTERS[name](call, asked)


def _non_talk_time(call: Call, asked: Mapping[str, Any]) -> Match:
    """Match a silence that is long enough, or with `Negate` the lack of one."""
    place = _place(call, asked)
    found = [
        span
        for span in (_within(one, place) for one in silences(call))
        if span is not None and millis(span.seconds) >= asked.get("Threshold", 0)
    ]
    return _negated(found, asked)


def _interruption(call: Call, asked: Mapping[str, Any]) -> Match:
    """Match interruptions that together last longer than the threshold."""
    place = _place(call, asked)
    spans = [
        span
        for turn in interruptions(call.turns)
        if _is_of(turn, asked) and (span := _within(_span(turn), place)) is not None
    ]
    is_long = millis(sum(span.seconds for span in spans)) > asked.get("Threshold", 0)
    return _negated(spans if is_long else [], asked)


def _transcript(call: Call, asked: Mapping[str, Any]) -> Match:
    """Match what was said word by word, in either case and whatever the marks."""
    place = _place(call, asked)
    spans = [
        span
        for turn in call.turns
        if _is_of(turn, asked)
        for target in asked["Targets"]
        for span in _said(turn.items, target)
        if _within(span, place) == span
    ]
    return _negated(spans, asked)


def _sentiment(call: Call, asked: Mapping[str, Any]) -> Match:
    """Match if at least half of the turns have the sentiment, or with `Negate` another one."""
    place = _place(call, asked)
    turns = [
        turn
        for turn in call.turns
        if turn.sentiment and _is_of(turn, asked) and _within(_span(turn), place) is not None
    ]
    is_other = bool(asked.get("Negate"))
    found = [turn for turn in turns if (turn.sentiment in asked["Sentiments"]) != is_other]
    is_match = bool(turns) and len(found) >= HALF * len(turns)
    return is_match, [_span(turn) for turn in found] if is_match else []


FILTERS: Mapping[str, Callable[[Call, Mapping[str, Any]], Match]] = {
    "NonTalkTimeFilter": _non_talk_time,
    "InterruptionFilter": _interruption,
    "TranscriptFilter": _transcript,
    "SentimentFilter": _sentiment,
}


def _negated(spans: list[Span], asked: Mapping[str, Any]) -> Match:
    return (not spans, []) if asked.get("Negate") else (bool(spans), spans)


def _is_of(turn: Turn, asked: Mapping[str, Any]) -> bool:
    return asked.get("ParticipantRole", turn.role) == turn.role


def _span(turn: Turn) -> Span:
    return Span(begin=turn.begin, end=turn.end)


def _said(items: Sequence[Item], target: str) -> list[Span]:
    wanted = [_plain(word) for word in target.split()]
    words = [_plain(item.content) for item in items]
    return [
        Span(begin=items[at].start, end=items[at + len(wanted) - 1].end)
        for at in range(len(words) - len(wanted) + 1)
        if wanted and words[at : at + len(wanted)] == wanted
    ]


def _plain(word: str) -> str:
    return word.lower().replace("\u2019", "'").strip('.,;:!?\u2026"')


def _place(call: Call, asked: Mapping[str, Any]) -> Span:
    """Return the part of the call that a rule looks at."""
    absolute = asked.get("AbsoluteTimeRange")
    if absolute:
        return _part(absolute, call.seconds, 1 / 1000, names=("StartTime", "EndTime"))
    relative = asked.get("RelativeTimeRange", {})
    names = ("StartPercentage", "EndPercentage")
    return _part(relative, call.seconds, call.seconds / 100, names=names)


def _part(asked: Mapping[str, int], seconds: float, unit: float, *, names: tuple[str, str]) -> Span:
    first, last = names
    if "First" in asked:
        return Span(begin=0.0, end=asked["First"] * unit)
    if "Last" in asked:
        return Span(begin=max(0.0, seconds - asked["Last"] * unit), end=seconds)
    return Span(
        begin=asked.get(first, 0) * unit,
        end=asked[last] * unit if last in asked else seconds,
    )


def _within(span: Span, place: Span) -> Span | None:
    """Return the part of a time that is inside another one, if there is any."""
    begin, end = max(span.begin, place.begin), min(span.end, place.end)
    return Span(begin=begin, end=end) if begin < end else None
