"""Languages that espeak-ng speaks, where it is installed, and what it cannot say."""

import json
import shutil
from typing import Any

import pytest
from botocore.exceptions import ClientError

from outcrop.engines.text_to_speech.espeak import EXECUTABLE
from tests.services.polly.sounds import loudness, pitch_hz, samples, seconds

needs_espeak = pytest.mark.skipif(
    shutil.which(EXECUTABLE) is None, reason="espeak-ng is not here: apt-get install espeak-ng"
)
GREETING = "Guten Morgen. Heute scheint in Hamburg die Sonne."


def spoken(polly: Any, text: str = GREETING, **request: Any) -> Any:
    return polly.synthesize_speech(
        Text=text, **{"OutputFormat": "pcm", "VoiceId": "Marlene", **request}
    )


@needs_espeak
def test_german_is_spoken_by_a_woman_and_a_man(polly: Any) -> None:
    woman, man = samples(spoken(polly)), samples(spoken(polly, VoiceId="Hans"))

    assert 2 < len(woman) / 16_000 < 8
    assert loudness(woman) > 0.02
    assert pitch_hz(man) < 0.8 * pitch_hz(woman)


@needs_espeak
def test_what_is_faster_takes_less_time_and_a_break_more(polly: Any) -> None:
    usual = seconds(spoken(polly))
    fast = seconds(
        spoken(
            polly,
            f"<speak><prosody rate='150%'>{GREETING}</prosody></speak>",
            TextType="ssml",
        )
    )
    broken = seconds(spoken(polly, f"<speak>{GREETING}<break time='3s'/></speak>", TextType="ssml"))

    assert fast < 0.8 * usual
    assert broken == pytest.approx(usual + 3, abs=0.2)


@needs_espeak
def test_sentences_and_marks_are_told_where_they_begin(polly: Any) -> None:
    text = "<speak>Guten Morgen. <mark name='now'/>Heute scheint die Sonne.</speak>"
    answer = spoken(
        polly, text, TextType="ssml", OutputFormat="json", SpeechMarkTypes=["sentence", "ssml"]
    )
    told = [json.loads(line) for line in answer["AudioStream"].read().splitlines()]

    first = seconds(spoken(polly, "Guten Morgen."))
    assert [(mark["type"], mark["value"]) for mark in told] == [
        ("sentence", "Guten Morgen."),
        ("sentence", "Heute scheint die Sonne."),
        ("ssml", "now"),
    ]
    assert told[0]["time"] == 0
    assert told[1]["time"] == told[2]["time"] == pytest.approx(1000 * first, abs=50)


@needs_espeak
def test_other_words_of_a_lexicon_are_heard(polly: Any) -> None:
    polly.put_lexicon(
        Name="kurz",
        Content='<lexicon version="1.0" alphabet="ipa" xml:lang="de-DE"'
        ' xmlns="http://www.w3.org/2005/01/pronunciation-lexicon"><lexeme>'
        "<grapheme>SNCF</grapheme><alias>Bahn der Republik Frankreich</alias>"
        "</lexeme></lexicon>",
    )
    plain = samples(spoken(polly, "Die Bahn der Republik Frankreich."))

    assert samples(spoken(polly, "Die SNCF.", LexiconNames=["kurz"])).tolist() == plain.tolist()


@needs_espeak
@pytest.mark.parametrize(
    ("text", "request_", "reason"),
    [
        (GREETING, {"OutputFormat": "json", "SpeechMarkTypes": ["word"]}, "sentences and ssml"),
        (
            "<speak><phoneme alphabet='ipa' ph='haɪ'>hi</phoneme></speak>",
            {"TextType": "ssml"},
            "written in IPA",
        ),
        (
            "<speak><say-as interpret-as='ordinal'>3</say-as></speak>",
            {"TextType": "ssml"},
            "read text as ordinal",
        ),
    ],
)
def test_what_it_cannot_say_is_refused(
    polly: Any, text: str, request_: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ClientError, match=reason) as refused:
        spoken(polly, text, **request_)

    assert refused.value.response["Error"]["Code"] == "EngineNotSupportedException"


def test_voices_of_espeak_are_told_where_it_is_installed(polly: Any) -> None:
    told = {voice["Id"] for voice in polly.describe_voices(LanguageCode="de-DE")["Voices"]}

    installed = shutil.which(EXECUTABLE) is not None
    assert told == ({"Daniel", "Hans", "Marlene", "Vicki"} if installed else set())
