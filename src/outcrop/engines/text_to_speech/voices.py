"""Kokoro's voices, those whose languages are read and pronounced here.

Source: https://huggingface.co/hexgrad/Kokoro-82M/blob/main/VOICES.md
"""

from collections.abc import Mapping

from outcrop.engines.text_to_speech.interface import Gender, Voice

_GENDERS: Mapping[str, Gender] = {"f": "female", "m": "male"}
_LANGUAGES = {"a": "en-US", "b": "en-GB", "f": "fr-FR"}


def _voice(name: str) -> Voice:
    return Voice(name=name, language=_LANGUAGES[name[0]], gender=_GENDERS[name[1]])


VOICES: Mapping[str, Voice] = {
    name: _voice(name)
    for name in (
        *("af_heart", "af_alloy", "af_aoede", "af_bella", "af_jessica", "af_kore", "af_nicole"),
        *("af_nova", "af_river", "af_sarah", "af_sky", "am_adam", "am_echo", "am_eric"),
        *("am_fenrir", "am_liam", "am_michael", "am_onyx", "am_puck"),
        *("bf_alice", "bf_emma", "bf_isabella", "bf_lily"),
        *("bm_daniel", "bm_fable", "bm_george", "bm_lewis"),
        "ff_siwis",
    )
}
"""By name: the first letter is the language's, the second the gender's."""
