"""AWS's voices, and the voices here that speak for them.

Source: https://docs.aws.amazon.com/polly/latest/dg/API_DescribeVoices.html
"""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.polly import shapes

DEFAULT_ENGINE = "standard"


@dataclass(frozen=True, slots=True, kw_only=True)
class PollyVoice:
    """A voice of AWS's that somebody here speaks for."""

    id: str
    name: str
    language: str
    language_name: str
    gender: str
    engines: tuple[str, ...]
    speaker: str
    """The synthesizer's voice."""


@functools.cache
def voices() -> Mapping[str, PollyVoice]:
    """Return all voices, by id."""
    table = tomllib.loads(
        files("outcrop.services.polly").joinpath("voices.toml").read_text(encoding="utf-8")
    )
    return {name: _voice(name, each, table["languages"]) for name, each in table["voices"].items()}


def _voice(voice_id: str, entry: Mapping[str, Any], languages: Mapping[str, str]) -> PollyVoice:
    return PollyVoice(
        id=voice_id,
        name=entry.get("name", voice_id),
        language=entry["language"],
        language_name=languages[entry["language"]],
        gender=entry["gender"],
        engines=tuple(entry["engines"]),
        speaker=entry["voice"],
    )


def voices_here(call: Call) -> Mapping[str, PollyVoice]:
    """Return those whose speakers are there, by id."""
    synthesizer = call.backends.engines.synthesizer
    return {
        name: voice
        for name, voice in sorted(voices().items())
        if synthesizer.traits(voice.speaker) is not None
    }


def voice_for(call: Call, voice_id: str, engine: str) -> PollyVoice:
    """Return the voice that a request names.

    Raises:
        EngineNotSupportedException: AWS's voice does not have this engine, or nobody here speaks
            for it.
    """
    here = voices_here(call)
    voice = here.get(voice_id)
    if voice is None:
        more = " More with espeak-ng: apt-get install espeak-ng." if voice_id in voices() else ""
        raise shapes.EngineNotSupportedException(
            f"No voice on this machine speaks for {voice_id}. These do: {', '.join(here)}.{more}"
        )
    if engine not in voice.engines:
        raise shapes.EngineNotSupportedException(
            f"This voice does not support the selected engine: {engine}"
        )
    return voice


@operation("DescribeVoices")
async def describe_voices(
    call: Call, request: shapes.DescribeVoicesInput
) -> shapes.DescribeVoicesOutput:
    """Answer with the voices that can be heard here, by id."""
    language, engine = request.get("LanguageCode"), request.get("Engine")
    told = [
        _told(voice)
        for voice in voices_here(call).values()
        if language in (None, voice.language) and (engine is None or engine in voice.engines)
    ]
    if request.get("NextToken"):  # One page holds all that there are.
        raise shapes.InvalidNextTokenException("The NextToken is invalid.")
    return {"Voices": told}


def _told(voice: PollyVoice) -> shapes.Voice:
    return {
        "Gender": voice.gender,
        "Id": voice.id,
        "LanguageCode": voice.language,
        "LanguageName": voice.language_name,
        "Name": voice.name,
        "SupportedEngines": list(voice.engines),
    }
