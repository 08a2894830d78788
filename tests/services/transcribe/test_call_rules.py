"""Turns, characteristics and rules of calls, on calls that are written down by hand."""

from collections.abc import Mapping
from typing import Any

import pytest

from outcrop.services.transcribe.calls.categories import categories_of
from outcrop.services.transcribe.calls.characteristics import characteristics
from outcrop.services.transcribe.calls.documents import loudness
from outcrop.services.transcribe.calls.turns import Call, Span, Turn, turns_of
from outcrop.services.transcribe.items import Item


def said(text: str, begin: float) -> list[Item]:
    """Return words of half a second each."""
    return [
        Item(content=word, start=begin + at / 2, end=begin + at / 2 + 0.5, score=1, language="en")
        for at, word in enumerate(text.split())
    ]


def turn(role: str, text: str, begin: float, sentiment: str = "") -> Turn:
    return Turn(role=role, items=said(text, begin), sentiment=sentiment)


CALL = Call(
    turns=[
        turn("AGENT", "hello there how are you", 0.0, "NEUTRAL"),
        turn("CUSTOMER", "I don't want this any more", 2.0, "NEGATIVE"),
        turn("AGENT", "I see", 10.0, "NEGATIVE"),
        turn("CUSTOMER", "thank you", 18.0, "POSITIVE"),
    ],
    speech={
        "AGENT": [Span(begin=0.0, end=2.5), Span(begin=10.0, end=11.0)],
        "CUSTOMER": [Span(begin=2.0, end=5.0), Span(begin=18.0, end=19.0)],
    },
    seconds=20.0,
)


def test_a_turn_ends_when_the_other_speaks_or_nobody_does():
    agent = [*said("one two", 0.0), *said("three", 2.5), *said("four", 10.0)]
    customer = said("and I", 4.0)

    turns = turns_of({"AGENT": agent, "CUSTOMER": customer})

    assert [(one.role, one.text) for one in turns] == [
        ("AGENT", "one two three"),
        ("CUSTOMER", "and I"),
        ("AGENT", "four"),
    ]


def test_silences_talk_time_and_moods_add_up():
    told = characteristics(CALL)

    assert told == {
        "NonTalkTime": {
            "Instances": [
                {"BeginOffsetMillis": 5000, "DurationMillis": 5000, "EndOffsetMillis": 10000},
                {"BeginOffsetMillis": 11000, "DurationMillis": 7000, "EndOffsetMillis": 18000},
            ],
            "TotalTimeMillis": 12000,
        },
        "Interruptions": {
            "TotalCount": 1,
            "TotalTimeMillis": 3000,
            "InterruptionsByInterrupter": {
                "CUSTOMER": [
                    {"BeginOffsetMillis": 2000, "DurationMillis": 3000, "EndOffsetMillis": 5000}
                ]
            },
        },
        "TotalConversationDurationMillis": 19000,
        "Sentiment": {
            "OverallSentiment": {"AGENT": -2.5, "CUSTOMER": 0.0},
            "SentimentByPeriod": {
                "QUARTER": {
                    "AGENT": quarters([0, 2750, 5500, 8250, 11000], [0.0, None, None, -5.0]),
                    "CUSTOMER": quarters([0, 4750, 9500, 14250, 19000], [-5.0, None, None, 5.0]),
                }
            },
        },
        "TalkSpeed": {
            "DetailsByParticipant": {
                "AGENT": {"AverageWordsPerMinute": 120},
                "CUSTOMER": {"AverageWordsPerMinute": 120},
            }
        },
        "TalkTime": {
            "DetailsByParticipant": {
                "AGENT": {"TotalTimeMillis": 3500},
                "CUSTOMER": {"TotalTimeMillis": 4000},
            },
            "TotalTimeMillis": 7500,
        },
    }


def quarters(bounds: list[int], scores: list[float | None]) -> list[dict[str, Any]]:
    return [
        {
            **({} if score is None else {"Score": score}),
            "BeginOffsetMillis": begin,
            "EndOffsetMillis": end,
        }
        for score, begin, end in zip(scores, bounds, bounds[1:], strict=False)
    ]


@pytest.mark.parametrize(
    ("rule", "points"),
    [
        ({"TranscriptFilter": {"Targets": ["Don\u2019t want"]}}, [(2500, 3500)]),
        ({"TranscriptFilter": {"Targets": ["wants"]}}, None),
        ({"TranscriptFilter": {"Targets": ["wants"], "Negate": True}}, []),
        ({"TranscriptFilter": {"Targets": ["thank you"], "ParticipantRole": "AGENT"}}, None),
        (
            {"TranscriptFilter": {"Targets": ["I"], "AbsoluteTimeRange": {"Last": 10000}}},
            [(10000, 10500)],
        ),
        (
            {"TranscriptFilter": {"Targets": ["I"], "RelativeTimeRange": {"First": 40}}},
            [(2000, 2500)],
        ),
        ({"NonTalkTimeFilter": {"Threshold": 6000}}, [(11000, 18000)]),
        ({"NonTalkTimeFilter": {"Threshold": 8000, "Negate": True}}, []),
        (
            {
                "NonTalkTimeFilter": {
                    "Threshold": 3000,
                    "AbsoluteTimeRange": {"StartTime": 0, "EndTime": 9000},
                }
            },
            [(5000, 9000)],
        ),
        ({"InterruptionFilter": {"Threshold": 2000}}, [(2000, 5000)]),
        ({"InterruptionFilter": {"Threshold": 3000}}, None),
        ({"InterruptionFilter": {"ParticipantRole": "AGENT", "Negate": True}}, []),
        (
            {"SentimentFilter": {"Sentiments": ["NEGATIVE"], "ParticipantRole": "AGENT"}},
            [(10000, 11000)],
        ),
        ({"SentimentFilter": {"Sentiments": ["POSITIVE"]}}, None),
        (
            {
                "SentimentFilter": {
                    "Sentiments": ["POSITIVE"],
                    "Negate": True,
                    "AbsoluteTimeRange": {"First": 12000},
                }
            },
            [(0, 2500), (2000, 5000), (10000, 11000)],
        ),
        (
            {
                "SentimentFilter": {
                    "Sentiments": ["POSITIVE"],
                    "RelativeTimeRange": {"StartPercentage": 60, "EndPercentage": 80},
                }
            },
            None,
        ),
    ],
)
def test_a_rule_matches_what_was_heard_in_its_time(
    rule: Mapping[str, Any], points: list[tuple[int, int]] | None
):
    told = categories_of(CALL, {"it": [rule]})

    expected: dict[str, Any] = {"MatchedDetails": {}, "MatchedCategories": []}
    if points is not None:
        spans = [{"BeginOffsetMillis": begin, "EndOffsetMillis": end} for begin, end in points]
        expected = {
            "MatchedDetails": {"it": {"PointsOfInterest": spans}},
            "MatchedCategories": ["it"],
        }
    assert told == expected


def test_all_rules_of_a_category_must_match():
    matching = {"TranscriptFilter": {"Targets": ["hello"]}}
    other = {"TranscriptFilter": {"Targets": ["goodbye"]}}

    told = categories_of(CALL, {"both": [matching, matching], "one": [matching, other]})

    assert told["MatchedCategories"] == ["both"]


def test_a_call_in_which_nobody_speaks_has_nothing_to_tell():
    silent = Call(turns=[], speech={"AGENT": [], "CUSTOMER": []}, seconds=4.0)

    told = characteristics(silent)

    assert told["TotalConversationDurationMillis"] == 0
    assert told["TalkSpeed"] == {"DetailsByParticipant": {}}
    assert "Sentiment" not in told


@pytest.mark.parametrize(("level", "score"), [(-100.0, 0.0), (-21.456, 78.54), (0.0, 100.0)])
def test_loudness_counts_down_from_the_loudest(level: float, score: float):
    assert loudness(level) == score
