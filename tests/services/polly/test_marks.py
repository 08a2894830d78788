"""Speech marks: what is said when, and where it stands in the text."""

import json
from typing import Any

import numpy as np
import pytest

from tests.services.polly.sounds import PCM_RATE, samples

ALL = ["sentence", "word", "viseme", "ssml"]


def marks(polly: Any, text: str, kinds: list[str], **request: Any) -> list[dict[str, Any]]:
    given = {"VoiceId": "Joanna", **request}
    answer = polly.synthesize_speech(Text=text, OutputFormat="json", SpeechMarkTypes=kinds, **given)
    assert answer["ContentType"] == "application/x-json-stream"
    return [json.loads(line) for line in answer["AudioStream"].read().splitlines()]


def without_times(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in mark.items() if name != "time"} for mark in told]


def test_sentences_and_words_are_told_with_their_bytes(polly: Any) -> None:
    told = marks(polly, "Le café. Deux thés !", ["sentence", "word"], VoiceId="Lea")

    assert without_times(told) == [
        {"type": "sentence", "start": 0, "end": 9, "value": "Le café."},
        {"type": "word", "start": 0, "end": 2, "value": "Le"},
        {"type": "word", "start": 3, "end": 8, "value": "café"},
        {"type": "sentence", "start": 10, "end": 22, "value": "Deux thés !"},
        {"type": "word", "start": 10, "end": 14, "value": "Deux"},
        {"type": "word", "start": 15, "end": 20, "value": "thés"},
    ]


def test_a_french_date_is_told_as_it_is_written(polly: Any) -> None:
    told = marks(polly, "Le 1er mai et le 2 juin.", ["word"], VoiceId="Lea")

    assert [mark["value"] for mark in told] == ["Le", "1er", "mai", "et", "le", "2", "juin"]


def test_words_are_heard_when_they_are_told(polly: Any) -> None:
    text = "<speak>Start <break time='2s'/>now. <break time='1s'/>Stop.</speak>"

    told = {
        mark["value"]: mark["time"] / 1000 for mark in marks(polly, text, ["word"], TextType="ssml")
    }
    sound = polly.synthesize_speech(
        Text=text, TextType="ssml", OutputFormat="pcm", VoiceId="Joanna"
    )
    heard = np.abs(samples(sound)) > 0.03
    for word in ("Start", "now", "Stop"):
        begin = int(told[word] * PCM_RATE)
        assert heard[begin : begin + PCM_RATE // 3].any(), word
    before_now = int((told["now"] - 0.1) * PCM_RATE)
    assert not heard[before_now - PCM_RATE : before_now].any()


def test_times_grow_with_the_rate_of_speech(polly: Any) -> None:
    usual = marks(polly, "Mary had a lamb.", ["word"])
    slow = marks(
        polly,
        '<speak><prosody rate="50%">Mary had a lamb.</prosody></speak>',
        ["word"],
        TextType="ssml",
    )

    assert [mark["value"] for mark in slow] == ["Mary", "had", "a", "lamb"]
    length = [told[-1]["time"] - told[0]["time"] for told in (usual, slow)]
    assert length[1] / length[0] == pytest.approx(2.0, rel=0.15)


def test_visemes_follow_the_sounds_of_a_word(polly: Any) -> None:
    told = marks(polly, "Map. Map!", ["viseme"])

    assert [mark["value"] for mark in told] == ["p", "a", "p", "sil", "p", "a", "p", "sil"]
    assert told == sorted(told, key=lambda mark: mark["time"])


def test_a_break_of_no_strength_joins_sentences(polly: Any) -> None:
    text = "<speak>We left.<break strength='none'/>You came.</speak>"

    told = marks(polly, text, ["sentence", "word"], TextType="ssml")

    assert [(mark["type"], mark["value"]) for mark in told] == [
        ("sentence", "We left.<break strength='none'/>You came."),
        ("word", "We"),
        ("word", "left"),
        ("word", "<break strength='none'/>"),
        ("word", "You"),
        ("word", "came"),
    ]


def test_marks_and_breaks_stand_where_their_tags_do(polly: Any) -> None:
    text = (
        '<speak><prosody volume="+20dB">Mary had <break time="300ms"/>a little'
        ' <mark name="animal"/>lamb</prosody></speak>'
    )

    told = marks(polly, text, ["sentence", "word", "ssml"], TextType="ssml")

    assert without_times(told) == [
        {
            "type": "sentence",
            "start": 31,
            "end": 95,
            "value": 'Mary had <break time="300ms"/>a little <mark name="animal"/>lamb',
        },
        {"type": "word", "start": 31, "end": 35, "value": "Mary"},
        {"type": "word", "start": 36, "end": 39, "value": "had"},
        {"type": "word", "start": 40, "end": 61, "value": '<break time="300ms"/>'},
        {"type": "word", "start": 61, "end": 62, "value": "a"},
        {"type": "word", "start": 63, "end": 69, "value": "little"},
        {"type": "ssml", "start": 70, "end": 91, "value": "animal"},
        {"type": "word", "start": 91, "end": 95, "value": "lamb"},
    ]
    assert told[-1]["time"] == told[-2]["time"]


def test_a_number_is_one_word(polly: Any) -> None:
    told = marks(polly, "It is 3:30 &amp; $5.", ["word"])

    assert [mark["value"] for mark in told] == ["It", "is", "3:30", "&", "amp", "$5"]
