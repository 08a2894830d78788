"""Kokoro's voices, those whose languages are read and pronounced here.

Source: https://huggingface.co/hexgrad/Kokoro-82M/blob/main/VOICES.md
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from outcrop.engines.text_to_speech.interface import Gender, Voice

_GENDERS: Mapping[str, Gender] = {"f": "female", "m": "male"}
_LANGUAGES = {"a": "en-US", "b": "en-GB", "f": "fr-FR"}


@dataclass(frozen=True, slots=True, kw_only=True)
class KokoroVoice(Voice):
    """A voice of the network's, or one that is blended of some."""

    parts: Mapping[str, float] = field(default_factory=dict[str, float])
    """Of a blend: the shares of the voices that its style is the mean of."""
    pitch: float = 1.0
    """How many times as high as the network speaks it."""


def _voice(name: str, *, pitch: float = 1.0, **parts: float) -> KokoroVoice:
    language, gender = _LANGUAGES[name[0]], _GENDERS[name[1]]
    return KokoroVoice(name=name, language=language, gender=gender, pitch=pitch, parts=parts)


VOICES: Mapping[str, KokoroVoice] = {
    name: _voice(name)
    for name in (
        *("af_heart", "af_alloy", "af_aoede", "af_bella", "af_jessica", "af_kore", "af_nicole"),
        *("af_nova", "af_river", "af_sarah", "af_sky", "am_adam", "am_echo", "am_eric"),
        *("am_fenrir", "am_liam", "am_michael", "am_onyx", "am_puck"),
        *("bf_alice", "bf_emma", "bf_isabella", "bf_lily"),
        *("bm_daniel", "bm_fable", "bm_george", "bm_lewis"),
        "ff_siwis",
    )
} | {
    # The network has no man's voice for French: a woman's accent, a man's throat.
    "fm_michael": _voice("fm_michael", pitch=0.85, ff_siwis=0.6, am_michael=0.4),
    "fm_onyx": _voice("fm_onyx", pitch=0.9, ff_siwis=0.5, am_onyx=0.5),
}
"""By name: the first letter is the language's, the second the gender's."""
