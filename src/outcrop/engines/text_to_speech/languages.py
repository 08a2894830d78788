"""The languages that are read and pronounced here, each loaded when it is first spoken."""

import functools
import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Protocol

from outcrop.engines.text_to_speech.sounds.english import EnglishSounds
from outcrop.engines.text_to_speech.sounds.french import FrenchSounds
from outcrop.engines.text_to_speech.sounds.guessing import Guesser
from outcrop.engines.text_to_speech.words import english, french
from outcrop.engines.text_to_speech.words.reading import Token
from outcrop.engines.workers.child import RefusedError

DATA_PACKAGES = {"en": "gruut_lang_en", "fr": "gruut_lang_fr"}
"""Whose files are read; their code is not imported."""


class Sounds(Protocol):
    """Knows how the words of a language sound."""

    def say(self, words: Sequence[str], *, part_of_speech: str = "") -> list[str]:
        """Return the sounds of each of some words that are spoken together; `,` is a pause.

        Args:
            words: What is said.
            part_of_speech: What the words are that sound after it; empty: as they stand.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language."""

    code: str
    """BCP 47: `en-US`."""
    read: Callable[[str], list[Token]]
    """Gives the tokens of a text."""
    sounds: Sounds
    says: ModuleType
    """Its ways to say numbers, dates and the like: the module of its words."""


class Languages:
    """Those that there are."""

    def __init__(self, english_dictionaries: Path) -> None:
        self._english_dictionaries = english_dictionaries
        self.find = functools.cache(self._load)

    def _load(self, code: str) -> Language:
        """Return a language; a region without an accent of its own gets the nearest.

        Raises:
            RefusedError: Of the kind "language".
        """
        family = code.partition("-")[0].lower()
        if family == "fr":
            folder = data_folder("fr")
            sounds = FrenchSounds(folder / "lexicon.db", guesser("fr"))
            return Language(code="fr-FR", read=french.read, sounds=sounds, says=french)
        if family != "en":
            raise RefusedError("language", f"{code} is not spoken here.")
        accent = "en-US" if code == "en-US" else "en-GB"
        return Language(
            code=accent,
            read=functools.partial(english.read, day_first=accent == "en-GB"),
            sounds=EnglishSounds(self._english_dictionaries, accent, guesser("en")),
            says=english,
        )


def guesser(family: str) -> Callable[[str], Sequence[str]]:
    """Return what guesses a language's unknown words, loaded once."""
    return _guesser(data_folder(family) / "g2p" / "model.crf").sounds


@functools.cache
def _guesser(model: Path) -> Guesser:
    return Guesser(model)


def data_folder(family: str) -> Path:
    """Return where the files of a language's package lie.

    Raises:
        RefusedError: It is not installed.
    """
    package = DATA_PACKAGES[family]
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise RefusedError(
            "language", f"{package} is not installed: run `pip install 'outcrop[speech]'`."
        )
    return Path(spec.origin).parent
