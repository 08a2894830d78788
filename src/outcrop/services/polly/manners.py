"""What SSML's tags make of the text in them: how fast, how loud, in which language, read how.

Source: https://docs.aws.amazon.com/polly/latest/dg/supportedtags.html
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from outcrop.aws.errors import ServiceError
from outcrop.engines.text_to_speech.interface import Passage, Reading
from outcrop.services.polly import shapes
from outcrop.services.polly.transcriptions import ipa_of, unknown_signs

T = TypeVar("T")

LANGUAGES = {"en-US": "en-US", "en-GB": "en-GB", "fr-FR": "fr-FR"}
"""Those that `<lang>` may name, and which of the synthesizer's each is."""
RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "fast": 1.35, "x-fast": 1.75, "default": 1.0}
PITCHES = {"x-low": 0.75, "low": 0.87, "medium": 1.0, "high": 1.15, "x-high": 1.3, "default": 1.0}
DECIBELS = {
    "silent": -120.0, "x-soft": -12.0, "soft": -6.0, "medium": 0.0, "loud": 4.0, "x-loud": 6.0,
    "default": 0.0,
}  # fmt: skip
"""What AWS's words mean here; AWS does not say what they mean there."""
EMPHASES = {"strong": (0.85, 3.0), "moderate": (0.92, 1.5), "reduced": (1.1, -3.0), "none": (1, 0)}
"""How many times as fast, and how many decibels louder."""
PAUSES = {"none": 0.0, "x-weak": 0.0, "weak": 0.2, "medium": 0.2, "strong": 0.6, "x-strong": 1.0}
"""Seconds of a break, by its strength."""
STRENGTHS = {",": "strong", ".": "x-strong"}
"""Of a break that names none, by the mark that it stands next to; elsewhere it is `medium`.

Source: https://docs.aws.amazon.com/polly/latest/dg/break-tag.html
"""
LONGEST_PAUSE = 10.0
READINGS: Mapping[str, Reading] = {
    "characters": "characters", "spell-out": "characters", "cardinal": "cardinal",
    "number": "cardinal", "ordinal": "ordinal", "digits": "digits", "fraction": "fraction",
    "unit": "unit", "date": "date", "time": "time", "address": "address", "expletive": "censored",
    "bleep": "censored", "telephone": "telephone",
}  # fmt: skip
DATES = frozenset(("mdy", "dmy", "ymd", "md", "dm", "ym", "my", "d", "m", "y", "yyyymmdd"))
PARTS_OF_SPEECH = {
    "amazon:VB": "VERB", "amazon:VBD": "VBD", "amazon:DT": "DT", "amazon:IN": "DEFAULT",
    "amazon:JJ": "ADJ", "amazon:NN": "NOUN", "amazon:DEFAULT": "DEFAULT",
    "amazon:SENSE_1": "DEFAULT",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How the text of an element is spoken."""

    voice: str
    language: str
    reading: Reading = "text"
    detail: str = ""
    phonemes: str = ""
    said: str = ""
    part_of_speech: str = ""
    rate: float = 1.0
    pitch: float = 1.0
    decibels: float = 0.0

    def passage(self, text: str) -> Passage:
        """Return some text in this manner."""
        return Passage(
            text=text,
            language=self.language,
            voice=self.voice,
            reading=self.reading,
            detail=self.detail,
            phonemes=self.phonemes,
            said=self.said,
            part_of_speech=self.part_of_speech,
            rate=self.rate,
            pitch=self.pitch,
            gain=10 ** (self.decibels / 20),
        )


def invalid(reason: str) -> ServiceError:
    """Return AWS's error for SSML, with its reason."""
    return shapes.InvalidSsmlException(f"Invalid SSML request: {reason}")


def manner_of(tag: str, attributes: Mapping[str, str], manner: Manner) -> Manner:
    """Return the manner of the text in a tag, given that of the text around it.

    Raises:
        InvalidSsmlException: The tag, an attribute or its value is not taken.
    """
    if tag not in TAGS:
        raise invalid(f"<{tag}> is no tag that is spoken here")
    known, change = TAGS[tag]
    for name in attributes:
        if name not in known and not name.startswith(("xmlns", "xsi:")):
            raise invalid(f"<{tag}> has no attribute {name}")
    return change(attributes, manner)


def pause_of(attributes: Mapping[str, str], *, around: str) -> float:
    """Return the seconds of a break.

    Args:
        attributes: Of the tag.
        around: The characters that stand next to it.

    Raises:
        InvalidSsmlException: An attribute or its value is not taken.
    """
    if not attributes.keys() <= {"strength", "time"}:
        raise invalid("<break> has the attributes strength and time")
    if "time" not in attributes:
        usual = next((STRENGTHS[mark] for mark in around if mark in STRENGTHS), "medium")
        return _named(PAUSES, attributes.get("strength", usual), "strength")
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s)", attributes["time"].strip())
    if match is None:
        raise invalid(f"a break's time is like 500ms or 2s, not {attributes['time']}")
    seconds = float(match[1]) / (1000 if match[2] == "ms" else 1)
    if seconds > LONGEST_PAUSE:
        raise invalid(f"a break lasts at most {LONGEST_PAUSE:g}s")
    return seconds


def _speak(attributes: Mapping[str, str], manner: Manner) -> Manner:
    return _lang(attributes, manner) if "xml:lang" in attributes else manner


def _lang(attributes: Mapping[str, str], manner: Manner) -> Manner:
    language = _needed(attributes, "xml:lang", "lang")
    if language not in LANGUAGES:
        raise invalid(f"{language} is not spoken here: {', '.join(LANGUAGES)} are")
    return replace(manner, language=LANGUAGES[language])


def _prosody(attributes: Mapping[str, str], manner: Manner) -> Manner:
    if "rate" in attributes:
        manner = replace(manner, rate=_rate(attributes["rate"]))
    if "pitch" in attributes:
        manner = replace(manner, pitch=_pitch(attributes["pitch"], manner.pitch))
    if "volume" in attributes:
        manner = replace(manner, decibels=_decibels(attributes["volume"], manner.decibels))
    return manner


def _rate(text: str) -> float:
    """Return how many times as fast as usual, whatever is around it."""
    if match := re.fullmatch(r"(\d+(?:\.\d+)?)%", text):
        rate = float(match[1]) / 100
        if not 0.2 <= rate <= 2.0:
            raise invalid(f"a rate is from 20% to 200%, not {text}")
        return rate
    return _named(RATES, text, "rate")


def _pitch(text: str, around: float) -> float:
    if match := re.fullmatch(r"([+-]\d+(?:\.\d+)?)%", text):
        pitch = 1 + float(match[1]) / 100
        if not 0.5 <= pitch <= 1.5:
            raise invalid(f"a pitch is from -50% to +50%, not {text}")
        return around * pitch
    return _named(PITCHES, text, "pitch")


def _decibels(text: str, around: float) -> float:
    if match := re.fullmatch(r"([+-]\d+(?:\.\d+)?)dB", text):
        return around + float(match[1])
    return _named(DECIBELS, text, "volume")


def _emphasis(attributes: Mapping[str, str], manner: Manner) -> Manner:
    rate, decibels = _named(EMPHASES, attributes.get("level", "moderate"), "level")
    return replace(manner, rate=manner.rate * rate, decibels=manner.decibels + decibels)


def _say_as(attributes: Mapping[str, str], manner: Manner) -> Manner:
    reading = _named(READINGS, _needed(attributes, "interpret-as", "say-as"), "interpret-as")
    detail = attributes.get("format", "")
    if detail and (reading != "date" or detail not in DATES):
        raise invalid(f"{detail} is no format of {attributes['interpret-as']}")
    return replace(manner, reading=reading, detail="ymd" if detail == "yyyymmdd" else detail)


def _sub(attributes: Mapping[str, str], manner: Manner) -> Manner:
    return replace(manner, said=_needed(attributes, "alias", "sub"))


def _phoneme(attributes: Mapping[str, str], manner: Manner) -> Manner:
    alphabet = attributes.get("alphabet", "ipa")
    written = _needed(attributes, "ph", "phoneme")
    phonemes = ipa_of(written, alphabet)
    if phonemes is None:
        raise invalid(f"{alphabet} is no alphabet that is read here")
    if not phonemes.strip():
        raise invalid("ph of <phoneme> is blank")
    if unknown := unknown_signs(phonemes, manner.language):
        raise invalid(f"{unknown[0]} is no {alphabet} sign of {manner.language}: ph={written}")
    return replace(manner, phonemes=phonemes)


def _word(attributes: Mapping[str, str], manner: Manner) -> Manner:
    role = _named(PARTS_OF_SPEECH, _needed(attributes, "role", "w"), "role")
    return replace(manner, part_of_speech=role)


def _needed(attributes: Mapping[str, str], name: str, tag: str) -> str:
    if name not in attributes:
        raise invalid(f"<{tag}> needs the attribute {name}")
    return attributes[name]


def _named(values: Mapping[str, T], name: str, attribute: str) -> T:
    if name not in values:
        raise invalid(f"{name} is no {attribute}: {', '.join(values)} are")
    return values[name]


Change = Callable[[Mapping[str, str], Manner], Manner]
TAGS: Mapping[str, tuple[frozenset[str], Change]] = {
    "speak": (frozenset(("version", "xml:lang")), _speak),
    "lang": (frozenset(("xml:lang",)), _lang),
    "prosody": (frozenset(("rate", "pitch", "volume")), _prosody),
    "emphasis": (frozenset(("level",)), _emphasis),
    "say-as": (frozenset(("interpret-as", "format")), _say_as),
    "sub": (frozenset(("alias",)), _sub),
    "phoneme": (frozenset(("alphabet", "ph")), _phoneme),
    "w": (frozenset(("role",)), _word),
}
"""Tags, their attributes and what they change."""
