"""Sound as workers are asked about it."""

from dataclasses import asdict
from typing import Any

from outcrop.engines.speech_to_text.interface import Samples, Sound


def described(sound: Sound) -> tuple[dict[str, Any], bytes]:
    """Return what JSON can hold of some sound, and its samples if it brings them along."""
    if isinstance(sound, Samples):
        value = {
            "sample_rate_hz": sound.sample_rate_hz,
            "channels": sound.channels,
            "channel": sound.channel,
        }
        return value, sound.content
    return {**asdict(sound), "path": str(sound.path)}, b""
