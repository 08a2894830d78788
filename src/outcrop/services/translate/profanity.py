"""Profane words in translations, masked as the service does.

Source: https://docs.aws.amazon.com/translate/latest/dg/customizing-translations-profanity.html
"""

import tomllib
from functools import cache
from importlib.resources import files

import regex

from outcrop.services.translate.language_codes import base

MASK = "?$#@$"


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


def masked(text: str, language: str) -> str:
    """Return a text with a mask in place of each profane word or phrase."""
    return _patterns()[base(language)].sub(lambda _: MASK, text)
