"""The sounds of words that no dictionary has, guessed letter by letter by a trained model.

The models are those of gruut's language packages: conditional random fields over letters and the
three before and behind each.

Source: https://github.com/rhasspy/gruut
"""

import base64
import functools
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pycrfsuite  # pyright: ignore[reportMissingTypeStubs] - it has none

_pycrfsuite: Any = pycrfsuite

AROUND = 3
"""How many letters before and behind one the models look at."""
SILENT = "_"
LONGEST = 100
"""Letters of a word; more of them are no word."""


class Guesser:
    """One language's model."""

    def __init__(self, model: Path) -> None:
        self._tagger = _pycrfsuite.Tagger()
        self._tagger.open(str(model))
        self.sounds = functools.lru_cache(maxsize=4096)(self._sounds)

    def _sounds(self, word: str) -> tuple[str, ...]:
        """Return the sounds of a word in small letters."""
        letters = unicodedata.normalize("NFC", word)[:LONGEST]
        tags: list[str] = self._tagger.tag(
            [list(_features(letters, i)) for i in range(len(letters))]
        )
        sounds = [sound for tag in tags for sound in base64.b64decode(tag).decode().split("|")]
        return tuple(sound for sound in sounds if sound != SILENT)


def _features(letters: str, place: int) -> Iterator[str]:
    yield "bias"
    yield f"grapheme:{_code(letters[place])}"
    if place == 0:
        yield "begin"
    for distance in range(1, AROUND + 1):
        if place >= distance:
            yield f"grapheme-{distance}:{_code(letters[place - distance])}"
        if place + distance < len(letters):
            yield f"grapheme+{distance}:{_code(letters[place + distance])}"
    if place == len(letters) - 1:
        yield "end"


def _code(letter: str) -> str:
    return base64.b64encode(letter.encode()).decode("ascii")
