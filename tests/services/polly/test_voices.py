"""DescribeVoices: whose voices are there."""

from typing import Any

from outcrop.engines.text_to_speech.espeak import LANGUAGES, PREFIX
from outcrop.engines.text_to_speech.voices import VOICES
from outcrop.services.polly.voices import voices


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


def test_every_voice_has_a_speaker_of_its_language_and_gender() -> None:
    for voice in voices().values():
        if voice.speaker.startswith(PREFIX):
            assert voice.language in LANGUAGES
            assert voice.speaker.removeprefix(PREFIX)[0] == voice.gender[0].lower()
            continue
        speaker = VOICES[voice.speaker]
        assert (speaker.language, speaker.gender) == (voice.language, voice.gender.lower())
