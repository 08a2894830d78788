"""SSML: each tag is heard, or refused."""

from typing import Any

import numpy as np
import pytest
from botocore.exceptions import ClientError

from tests.services.polly.sounds import PCM_RATE, loudness, pitch_hz, samples, seconds

SENTENCE = "We all walk home."


def said(polly: Any, ssml: str, **request: Any) -> Any:
    given = {"VoiceId": "Joanna", "OutputFormat": "pcm", **request}
    return polly.synthesize_speech(Text=f"<speak>{ssml}</speak>", TextType="ssml", **given)


def alike(polly: Any, ssml: str, text: str, *, voice: str = "Joanna") -> bool:
    """Whether SSML sounds like a plain text."""
    plain = polly.synthesize_speech(Text=text, VoiceId=voice, OutputFormat="pcm")
    return np.array_equal(samples(said(polly, ssml, VoiceId=voice)), samples(plain))


def test_tags_are_not_billed(polly: Any) -> None:
    answer = said(polly, '<mark name="here"/>Tom &amp; Ann')

    assert answer["RequestCharacters"] == 9


def test_a_break_is_silence_of_its_length(polly: Any) -> None:
    without = seconds(said(polly, "One.<break time='0ms'/> Two."))
    answer = samples(said(polly, "One.<break time='1500ms'/> Two."))

    assert len(answer) / PCM_RATE - without == pytest.approx(1.5, abs=0.02)
    quiet = np.abs(answer) < 0.005
    longest = max(len(run) for run in "".join("q" if q else " " for q in quiet).split())
    assert longest / PCM_RATE > 1.5


@pytest.mark.parametrize(
    ("ssml", "lasts"),
    [
        ("One {} two", 0.2),
        ("One, {} two", 0.6),
        ("One{}, two", 0.6),
        ("One. {} Two", 1.0),
    ],
)
def test_a_break_that_says_no_length_is_longer_next_to_a_mark(
    polly: Any, ssml: str, lasts: float
) -> None:
    without = seconds(said(polly, ssml.format("<break time='0ms'/>")))
    usual = seconds(said(polly, ssml.format("<break/>")))

    assert usual - without == pytest.approx(lasts, abs=0.02)


@pytest.mark.parametrize("strength", ["none", "x-weak"])
@pytest.mark.parametrize("mark", [".", ",", ""])
def test_a_break_of_no_strength_takes_a_pause_away(polly: Any, mark: str, strength: str) -> None:
    without = said(polly, "We went home then we ate.")
    taken = said(polly, f"We went home{mark}<break strength='{strength}'/> then we ate.")

    assert seconds(taken) == pytest.approx(seconds(without), abs=0.05)


def test_a_medium_break_is_as_long_as_a_weak_one(polly: Any) -> None:
    weak, medium = (
        seconds(said(polly, f"One <break strength='{strength}'/> two"))
        for strength in ("weak", "medium")
    )

    assert weak == medium


@pytest.mark.parametrize(
    ("outer", "inner", "alike_to"),
    [
        ('volume="+6dB"', 'volume="default"', ""),
        ('volume="x-soft"', 'volume="loud"', 'volume="loud"'),
        ('volume="soft"', 'volume="-6dB"', 'volume="-12dB"'),
        ('rate="50%"', 'rate="150%"', 'rate="150%"'),
        ('rate="50%"', 'volume="-6dB"', 'rate="50%" volume="-6dB"'),
        ('pitch="high"', 'pitch="default"', ""),
    ],
)
def test_what_is_set_inside_takes_the_place_of_what_is_around_it(
    polly: Any, outer: str, inner: str, alike_to: str
) -> None:
    nested = said(polly, f"<prosody {outer}><prosody {inner}>Hello.</prosody></prosody>")
    alone = said(polly, f"<prosody {alike_to}>Hello.</prosody>")

    assert np.array_equal(samples(nested), samples(alone))


def test_paragraphs_and_sentences_end_with_silence(polly: Any) -> None:
    plain = seconds(said(polly, "One. Two."))
    sentences = seconds(said(polly, "<s>One.</s><s>Two.</s>"))
    paragraphs = seconds(said(polly, "<p>One.</p><p>Two.</p>"))

    assert sentences == pytest.approx(plain + 2 * 0.2, abs=0.05)
    assert paragraphs == pytest.approx(plain + 2 * 0.6, abs=0.05)


def test_what_is_stressed_is_slower_and_louder(polly: Any) -> None:
    heard = {
        level: samples(said(polly, f"<emphasis level='{level}'>{SENTENCE}</emphasis>"))
        for level in ("none", "strong", "reduced")
    }

    assert len(heard["strong"]) > len(heard["none"]) > len(heard["reduced"])
    peaks = {level: np.abs(sound).max() for level, sound in heard.items()}
    assert peaks["strong"] > peaks["none"] > peaks["reduced"]


def test_slow_speech_takes_longer_and_fast_speech_shorter(polly: Any) -> None:
    usual = seconds(said(polly, SENTENCE))
    slow = seconds(said(polly, f'<prosody rate="60%">{SENTENCE}</prosody>'))
    fast = seconds(said(polly, f'<prosody rate="x-fast">{SENTENCE}</prosody>'))

    assert fast < 0.8 * usual
    assert slow > 1.3 * usual


def test_pitch_is_raised_by_as_much_as_was_asked_for(polly: Any) -> None:
    usual = samples(said(polly, SENTENCE))
    high = samples(said(polly, f'<prosody pitch="+20%">{SENTENCE}</prosody>'))

    assert pitch_hz(high) / pitch_hz(usual) == pytest.approx(1.2, rel=0.06)
    assert len(high) == pytest.approx(len(usual), rel=0.1)


def test_six_decibels_more_are_twice_as_loud(polly: Any) -> None:
    soft = samples(said(polly, f'<prosody volume="-12dB">{SENTENCE}</prosody>'))
    loud = samples(said(polly, f'<prosody volume="-6dB">{SENTENCE}</prosody>'))

    assert np.abs(loud).max() / np.abs(soft).max() == pytest.approx(2.0, rel=0.02)
    assert loudness(samples(said(polly, "<prosody volume='silent'>Hush.</prosody>"))) == 0.0


@pytest.mark.parametrize(
    ("ssml", "text"),
    [
        ("The <say-as interpret-as='ordinal'>3</say-as>.", "The third."),
        ("<say-as interpret-as='digits'>42</say-as>", "four two"),
        ("<say-as interpret-as='cardinal'>2026</say-as>", "two thousand twenty six"),
        (
            "<say-as interpret-as='date' format='dmy'>4/3/2026</say-as>",
            "March fourth twenty twenty six",
        ),
        ("<say-as interpret-as='date'>20260304</say-as>", "March fourth twenty twenty six"),
        ("<say-as interpret-as='date'>????0922</say-as>", "September twenty second"),
        ("<say-as interpret-as='date' format='yyyymmdd'>????09??</say-as>", "September"),
        ("<say-as interpret-as='number'>17</say-as>", "seventeen"),
        ("<say-as interpret-as='spell-out'>USB</say-as>", "U S B"),
        ("<say-as interpret-as='fraction'>2/3</say-as>", "two thirds"),
        ("<say-as interpret-as='unit'>6ft</say-as>", "six feet"),
        ("<say-as interpret-as='time'>1'21\"</say-as>", "one minute twenty one seconds"),
        ("<say-as interpret-as='address'>5 Main Street</say-as>", "5 Main Street"),
        ("<sub alias='World Wide Web'>WWW</sub>", "World Wide Web"),
    ],
)
def test_what_is_said_as_something_sounds_like_it(polly: Any, ssml: str, text: str) -> None:
    assert alike(polly, ssml, text)


@pytest.mark.parametrize(
    ("ssml", "text"),
    [
        ("<say-as interpret-as='characters'>SNCF</say-as>", "S N C F"),
        (
            "<say-as interpret-as='telephone'>0612345678</say-as>",
            "zéro six, douze, trente-quatre, cinquante-six, soixante-dix-huit",
        ),
    ],
)
def test_french_is_said_as_something_too(polly: Any, ssml: str, text: str) -> None:
    assert alike(polly, ssml, text, voice="Lea")


def test_phonemes_are_said_in_place_of_a_word(polly: Any) -> None:
    pecan = samples(said(polly, "<phoneme alphabet='ipa' ph='pɪˈkɑːn'>pecan</phoneme>"))
    x_sampa = samples(said(polly, "<phoneme alphabet='x-sampa' ph='pI&quot;kA:n'>pecan</phoneme>"))
    other = samples(said(polly, "<phoneme alphabet='ipa' ph='ˈpi.kæn'>pecan</phoneme>"))

    assert np.array_equal(pecan, x_sampa)
    assert not np.array_equal(pecan, other)


def test_a_word_is_said_as_the_part_of_speech_that_it_is(polly: Any) -> None:
    past = samples(said(polly, "<w role='amazon:VBD'>read</w>"))

    assert np.array_equal(past, samples(said(polly, "<phoneme ph='ɹˈɛd'>read</phoneme>")))


def test_a_word_of_another_language_is_said_in_it(polly: Any) -> None:
    french = samples(said(polly, "<lang xml:lang='fr-FR'>Paris</lang>"))

    assert not np.array_equal(french, samples(said(polly, "Paris")))


@pytest.mark.parametrize("reading", ["expletive", "bleep"])
def test_an_expletive_is_a_tone(polly: Any, reading: str) -> None:
    heard = samples(said(polly, f"<say-as interpret-as='{reading}'>dash</say-as>"))

    spectrum = np.abs(np.fft.rfft(heard))
    assert np.argmax(spectrum) * PCM_RATE / len(heard) == pytest.approx(1000, abs=5)


@pytest.mark.parametrize(
    "ssml",
    [
        "<b>bold</b>",
        "<prosody rate='quickly'>Hi</prosody>",
        "<prosody speed='fast'>Hi</prosody>",
        "<break time='11s'/>",
        "<break time='long'/>",
        "<say-as interpret-as='song'>la</say-as>",
        "<lang xml:lang='de-DE'>Hallo</lang>",
        "<phoneme alphabet='braille' ph='x'>x</phoneme>",
        "<amazon:effect name='whispered'>psst</amazon:effect>",
        "<mark>no name</mark>",
        "Tom & Ann",
        "<p>open",
        "<sub alias='a'><s>b</s></sub>",
        "<speak>twice</speak>",
    ],
)
def test_what_is_not_ssml_is_refused(polly: Any, ssml: str) -> None:
    with pytest.raises(ClientError) as caught:
        said(polly, ssml)

    error = caught.value.response["Error"]
    assert error["Code"] == "InvalidSsmlException"
    assert error["Message"].startswith("Invalid SSML request")


def test_entities_are_not_unfolded(polly: Any) -> None:
    text = '<!DOCTYPE speak [<!ENTITY a "aaaa">]><speak>&a;</speak>'

    with pytest.raises(ClientError) as caught:
        polly.synthesize_speech(Text=text, TextType="ssml", VoiceId="Joanna", OutputFormat="pcm")

    assert caught.value.response["Error"]["Code"] == "InvalidSsmlException"


def test_neural_voices_take_fewer_tags(polly: Any) -> None:
    with pytest.raises(ClientError) as caught:
        said(polly, "<emphasis>Now</emphasis>", Engine="neural")

    assert caught.value.response["Error"]["Message"] == "Unsupported Neural feature"
