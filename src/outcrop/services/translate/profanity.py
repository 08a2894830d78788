"""Profane words in translations, masked as the service does.

Source: https://docs.aws.amazon.com/translate/latest/dg/customizing-translations-profanity.html
"""

import tomllib
from functools import cache
from importlib.resources import files

import regex

from outcrop.engines.translation.interface import Pair
from outcrop.services.translate.language_codes import base

MASK = "?$#@$"
NONE = regex.compile(r"(?!)")


@cache
def _patterns() -> dict[str, "regex.Pattern[str]"]:
    file = files("outcrop.services.translate").joinpath("profanity.toml")
    lists = tomllib.loads(file.read_text(encoding="utf-8"))
    return {language: _pattern(words["words"].split("\n")) for language, words in lists.items()}


def _pattern(words: list[str]) -> "regex.Pattern[str]":
    """Return a pattern of words, of which `*` stands for any ending."""
    listed = "|".join(
        regex.escape(word).replace(r"\*", r"\p{L}*")
        for word in sorted(filter(None, words), key=len, reverse=True)
    )
    return regex.compile(rf"(?<!\p{{L}})(?:{listed})(?!\p{{L}})", regex.IGNORECASE)


def can_mask(language: str) -> bool:
    """Tell whether a language's profane words are known."""
    return base(language) in _patterns()


def masked(text: str, pair: Pair, source: str) -> str:
    """Return a translation with a mask in place of each profane word or phrase.

    Args:
        text: The translation, or a part of it.
        pair: Its languages; the target's words are masked.
        source: What was translated; its own profane words are masked where they were left as
            they are.
    """
    text = _pattern_of(pair.target).sub(MASK, text)
    left = {word.casefold() for word in _pattern_of(pair.source).findall(source)}
    return _pattern_of(pair.source).sub(
        lambda found: MASK if found[0].casefold() in left else found[0], text
    )


def _pattern_of(language: str) -> "regex.Pattern[str]":
    """Return the pattern of a language's profane words; of an unknown language, of none."""
    return _patterns().get(base(language), NONE)
