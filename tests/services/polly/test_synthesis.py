"""SynthesizeSpeech: what is heard, in which formats, and what is refused."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import imageio_ffmpeg  # pyright: ignore[reportMissingTypeStubs] - it has none
import numpy as np
import pytest
from botocore.exceptions import ClientError

from tests.services.polly.sounds import PCM_RATE, loudness, pitch_hz, samples, seconds

WOMAN, MAN = {"VoiceId": "Joanna"}, {"VoiceId": "Matthew"}


def spoken(polly: Any, text: str, **request: Any) -> Any:
    given = {"OutputFormat": "pcm", **WOMAN, **request}
    return polly.synthesize_speech(Text=text, **given)


def refusal(polly: Any, text: str, **request: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        spoken(polly, text, **request)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def test_a_sentence_is_spoken_as_pcm(polly: Any) -> None:
    answer = spoken(polly, "Good morning.")

    assert answer["ContentType"] == "audio/pcm"
    assert answer["RequestCharacters"] == 13
    heard = samples(answer)
    assert 0.6 < len(heard) / PCM_RATE < 2
    assert loudness(heard) > 0.02


def test_a_longer_text_takes_longer(polly: Any) -> None:
    short = seconds(spoken(polly, "Good morning."))
    long = seconds(spoken(polly, "Good morning. It is a fine day."))

    assert long > 1.5 * short


def test_men_speak_lower_than_women(polly: Any) -> None:
    text = "We all walk home."

    woman = pitch_hz(samples(spoken(polly, text)))
    man = pitch_hz(samples(spoken(polly, text, **MAN)))

    assert man < 150 < woman


@pytest.mark.parametrize("man", ["Remi", "Mathieu"])
def test_french_men_speak_lower_than_french_women(polly: Any, man: str) -> None:
    text = "Nous allons tous à la maison."
    engine = {"Engine": "neural"} if man == "Remi" else {}

    woman = pitch_hz(samples(spoken(polly, text, VoiceId="Lea")))
    low = pitch_hz(samples(spoken(polly, text, VoiceId=man, **engine)))

    assert low < 165 < woman


def test_numbers_are_spoken_as_words(polly: Any) -> None:
    figures = samples(spoken(polly, "It costs $12.50."))
    words = samples(spoken(polly, "It costs twelve dollars and fifty cents."))

    assert np.array_equal(figures, words)


def test_french_numbers_are_spoken_as_words(polly: Any) -> None:
    figures = samples(spoken(polly, "Il est 14h30.", VoiceId="Lea"))
    words = samples(spoken(polly, "Il est quatorze heures trente.", VoiceId="Lea"))

    assert np.array_equal(figures, words)


@pytest.mark.parametrize(
    ("output_format", "rate", "content_type", "codec"),
    [
        ("mp3", "22050", "audio/mpeg", "mp3"),
        ("mp3", "48000", "audio/mpeg", "mp3"),
        ("ogg_vorbis", "8000", "audio/ogg", "vorbis"),
        ("ogg_opus", "48000", "audio/ogg", "opus"),
    ],
)
def test_files_have_the_format_and_rate_that_was_asked_for(
    polly: Any, tmp_path: Path, output_format: str, rate: str, content_type: str, codec: str
) -> None:
    answer = spoken(polly, "Hello there.", OutputFormat=output_format, SampleRate=rate)

    file = tmp_path / "speech"
    file.write_bytes(answer["AudioStream"].read())
    told = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(file)],
        capture_output=True,
        text=True,
        check=False,
    ).stderr
    assert answer["ContentType"] == content_type
    assert f"Audio: {codec}" in told
    assert f"{rate} Hz, mono" in told


@pytest.mark.parametrize(
    ("output_format", "bytes_per_second"),
    [("mulaw", 8000), ("alaw", 8000), ("pcm", 32000)],
)
def test_raw_formats_hold_the_same_time(
    polly: Any, output_format: str, bytes_per_second: int
) -> None:
    expected = seconds(spoken(polly, "Hello there."))

    content = spoken(polly, "Hello there.", OutputFormat=output_format)["AudioStream"].read()

    assert len(content) / bytes_per_second == pytest.approx(expected, abs=0.01)


REFUSED: Mapping[str, tuple[Mapping[str, Any], tuple[str, int]]] = {
    "rate": ({"SampleRate": "22050"}, ("InvalidSampleRateException", 400)),
    "no number": ({"SampleRate": "fast"}, ("InvalidSampleRateException", 400)),
    "voice": ({"VoiceId": "Mizuki"}, ("EngineNotSupportedException", 400)),
    "engine": (
        {"VoiceId": "Celine", "Engine": "neural"},
        ("EngineNotSupportedException", 400),
    ),
    "language": ({"LanguageCode": "de-DE"}, ("LanguageNotSupportedException", 400)),
    "marks": (
        {"SpeechMarkTypes": ["word"]},
        ("MarksNotSupportedForFormatException", 400),
    ),
    "ssml marks": (
        {"OutputFormat": "json", "SpeechMarkTypes": ["ssml"]},
        ("SsmlMarksNotSupportedForTextTypeException", 400),
    ),
    "long": ({"Text": "a" * 3001}, ("TextLengthExceededException", 400)),
    "no tags": ({"TextType": "ssml"}, ("InvalidSsmlException", 400)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_aws_refuses_is_refused(polly: Any, case: str) -> None:
    changed, expected = REFUSED[case]
    request = {"Text": "Hello.", **changed}

    assert refusal(polly, request.pop("Text"), **request) == expected


def test_the_command_line_writes_a_file(
    polly: Any, environment: Mapping[str, str], tmp_path: Path
) -> None:
    target = tmp_path / "out.mp3"
    del polly

    done = subprocess.run(
        [
            *("aws", "polly", "synthesize-speech", "--voice-id", "Lea", "--output-format", "mp3"),
            *("--text", "Bonjour tout le monde.", str(target)),
        ],
        capture_output=True,
        check=True,
    )

    assert environment
    assert json.loads(done.stdout)["ContentType"] == "audio/mpeg"
    assert target.read_bytes()[:2] == b"\xff\xf3"  # MPEG-2, layer III: 24 kHz or less
