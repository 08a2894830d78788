"""A short text, in a voice and a format that are there."""

from collections.abc import Mapping
from typing import Any

from conformance.calls import Client
from conformance.recipes import Recipe

SPEECH = {"Text": "Hi.", "TextType": "text", "VoiceId": "Joanna", "Engine": "neural"}
FORMAT = {"OutputFormat": "mp3", "SampleRate": "24000", "LanguageCode": "en-US"}


def prepare(client: Client, operation: str) -> Mapping[str, Any]:
    """Give what a request needs to be spoken."""
    del client, operation
    return {**SPEECH, **FORMAT}


RECIPE = Recipe(
    prepare=prepare,
    without={
        "DescribeVoices": ("NextToken",),
        "SynthesizeSpeech": ("LexiconNames", "SpeechMarkTypes"),
    },
)
