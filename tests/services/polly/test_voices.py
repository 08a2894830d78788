"""DescribeVoices: whose voices are there."""

from typing import Any

import pytest

from outcrop.engines.text_to_speech.espeak import LANGUAGES, PREFIX
from outcrop.engines.text_to_speech.voices import VOICES
from outcrop.services.polly.voices import voices
from tests.services.polly.sounds import loudness, samples


def test_french_voices_are_told_with_their_names(polly: Any) -> None:
    answer = polly.describe_voices(LanguageCode="fr-FR", Engine="neural")

    lea, remi = answer["Voices"]
    assert (lea, remi["Name"], remi["Gender"]) == (
        {
            "Gender": "Female",
            "Id": "Lea",
            "LanguageCode": "fr-FR",
            "LanguageName": "French",
            "Name": "Léa",
            "SupportedEngines": ["neural", "standard", "generative"],
        },
        "Rémi",
        "Male",
    )


@pytest.mark.parametrize(
    ("voice", "engine", "language", "gender"),
    [
        ("Joanna", "neural", "en-US", "Female"),
        ("Matthew", "neural", "en-US", "Male"),
        ("Amy", "neural", "en-GB", "Female"),
        ("Lea", "neural", "fr-FR", "Female"),
        ("Remi", "neural", "fr-FR", "Male"),
        ("Celine", "standard", "fr-FR", "Female"),
        ("Mathieu", "standard", "fr-FR", "Male"),
    ],
)
def test_voices_are_told_and_speak(
    polly: Any, voice: str, engine: str, language: str, gender: str
) -> None:
    text = "Bonjour." if language == "fr-FR" else "Hello."

    told = polly.describe_voices(LanguageCode=language, Engine=engine)["Voices"]
    answer = polly.synthesize_speech(Text=text, VoiceId=voice, Engine=engine, OutputFormat="pcm")

    assert [one["Gender"] for one in told if one["Id"] == voice] == [gender]
    assert loudness(samples(answer)) > 0.02


def test_every_voice_has_a_speaker_of_its_language_and_gender() -> None:
    for voice in voices().values():
        if voice.speaker.startswith(PREFIX):
            assert voice.language in LANGUAGES
            assert voice.speaker.removeprefix(PREFIX)[0] == voice.gender[0].lower()
            continue
        speaker = VOICES[voice.speaker]
        assert (speaker.language, speaker.gender) == (voice.language, voice.gender.lower())
