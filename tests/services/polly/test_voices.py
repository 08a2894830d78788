"""DescribeVoices: whose voices are there."""

from typing import Any

from outcrop.engines.text_to_speech.voices import VOICES
from outcrop.services.polly.voices import voices


def test_french_voices_are_told_with_their_names(polly: Any) -> None:
    answer = polly.describe_voices(LanguageCode="fr-FR", Engine="neural")

    assert answer["Voices"] == [
        {
            "Gender": "Female",
            "Id": "Lea",
            "LanguageCode": "fr-FR",
            "LanguageName": "French",
            "Name": "Léa",
            "SupportedEngines": ["neural", "standard", "generative"],
        }
    ]


def test_every_voice_has_a_speaker_of_its_language_and_gender() -> None:
    for voice in voices().values():
        speaker = VOICES[voice.speaker]
        assert (speaker.language, speaker.gender) == (voice.language, voice.gender.lower())
