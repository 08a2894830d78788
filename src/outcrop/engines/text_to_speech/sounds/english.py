"""How English words sound: by misaki's dictionaries, their endings, or a guess.

The dictionaries are those that Kokoro was trained with, in its own alphabet.

Source: https://github.com/hexgrad/misaki
"""

import functools
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from outcrop.engines.text_to_speech.sounds.alphabet import VOWELS, from_ipa, is_vowel

TO_VERBS = frozenset("to will would can could shall should may might must i you we they".split())
HAVE = frozenset(
    "have has had having i've we've they've you've he's she's be been was were".split()
)
ARTICLES = frozenset("a an the this that my your his her its our their some no of in on at".split())
VOICELESS = "ptkfθ"
HISSING = "szʃʒʧʤ"
WEAK = {"a": "ɐ", "an": "ɐn", "An": "ɐn", "I": "ˌI"}
BEFORE_VOWELS = {**WEAK, **dict.fromkeys(("the", "The"), "ði"), **dict.fromkeys(("to", "To"), "tʊ")}
BEFORE_CONSONANTS = BEFORE_VOWELS | dict.fromkeys(("the", "The"), "ðə") | {"to": "tə", "To": "tə"}
BEFORE_PAUSES = BEFORE_CONSONANTS | {"to": "tu", "To": "tu"}
"""How the words sound that depend on the next one."""
LONGEST_ACRONYM = 5
DEFAULT = "DEFAULT"
"""The part of speech that the dictionaries give a word where no other fits."""


class EnglishSounds:
    """The sounds of one accent."""

    def __init__(self, folder: Path, language: str, guess: Callable[[str], Sequence[str]]) -> None:
        """Read the dictionaries.

        Args:
            folder: Where they lie.
            language: `en-US` or `en-GB`.
            guess: Gives the IPA of words that no dictionary has.
        """
        accent = "gb" if language == "en-GB" else "us"
        self._language = language
        self._is_british = accent == "gb"
        self._guess = guess
        # The second has what the first lacks, generated rather than looked over.
        self._words = _read(folder / f"{accent}_silver.json")
        self._words |= _read(folder / f"{accent}_gold.json")
        self._find = functools.lru_cache(maxsize=4096)(self._found)

    def say(self, words: Sequence[str], *, part_of_speech: str = "") -> list[str]:
        """See `Sounds.say`."""
        said = [""] * len(words)
        vowel_follows = None
        for place in range(len(words) - 1, -1, -1):
            word = words[place]
            if word == ",":
                said[place], vowel_follows = ",", None
                continue
            before = words[place - 1].lower() if place else ""
            said[place] = self._in_context(
                word, part_of_speech or _part_of_speech(before), vowel_follows, is_first=not before
            )
            vowel_follows = is_vowel(said[place])
        return said

    def _in_context(
        self, word: str, part: str, vowel_follows: bool | None, *, is_first: bool
    ) -> str:
        if word == "A" and vowel_follows is not None and is_first:
            word = "a"
        weak = {True: BEFORE_VOWELS, False: BEFORE_CONSONANTS, None: BEFORE_PAUSES}[vowel_follows]
        return weak.get(word) or self._find(word, part)

    def _found(self, word: str, part: str) -> str:
        known = self._look_up(word, part)
        if known is None and word.isupper() and len(word) <= LONGEST_ACRONYM:
            known = self._spelt(word)
        known = known or self._by_ending(word, part)
        if known is None:
            sounds = "".join(self._guess(word.lower().replace("'", "")))
            known = from_ipa(sounds, self._language)
        # The model's own marks for a flapped and a glottal t.
        return known.replace("ɾ", "T").replace("ʔ", "t")

    def _look_up(self, word: str, part: str) -> str | None:
        forms = (word, word.lower(), word.capitalize())
        if word.isupper() and len(word) > 1 and word not in self._words:
            # IT and US are said as letters: they stand in the dictionary as such, or not at all.
            forms = (word, word.lower()) if len(word) > 3 else (word,)
        for form in forms:
            if found := self._words.get(form):
                return found.get(part) or found[DEFAULT]
        return None

    def _by_ending(self, word: str, part: str) -> str | None:
        """Return the sounds of a known word with an ending."""
        small = word.lower()
        endings: tuple[tuple[str, tuple[str, ...], Callable[[str], str]], ...] = (
            ("'s", (small[:-2],), self._s),
            ("s'", (small[:-1],), str),
            ("ies", (f"{small[:-3]}y",), self._s),
            ("es", (small[:-2], small[:-1]), self._s),
            ("s", (small[:-1],), self._s),
            ("ied", (f"{small[:-3]}y",), self._ed),
            ("ed", (small[:-1], small[:-2], small[:-3]), self._ed),
            ("ing", (small[:-3], f"{small[:-3]}e", small[:-4]), _ing),
        )
        for ending, stems, sound in endings:
            if not small.endswith(ending) or len(small) - len(ending) < 2:
                continue
            for stem in stems:
                if known := self._look_up(stem, part):
                    return sound(known)
        return None

    def _s(self, stem: str) -> str:
        if stem[-1] in VOICELESS:
            return f"{stem}s"
        return f"{stem}{self._weak}z" if stem[-1] in HISSING else f"{stem}z"

    def _ed(self, stem: str) -> str:
        if stem[-1] in "td":
            return f"{stem}{self._weak}d"
        return f"{stem}t" if stem[-1] in "pkfθʃsʧ" else f"{stem}d"

    @property
    def _weak(self) -> str:
        return "ɪ" if self._is_british else "ᵻ"

    def _spelt(self, letters: str) -> str | None:
        names = [self._words.get(letter) for letter in letters]
        sounds = [name[DEFAULT].replace("ˈ", "ˌ") for name in names if name]
        if len(sounds) < len(letters):
            return None
        sounds[-1] = sounds[-1].replace("ˌ", "ˈ")
        return "".join(sounds)


def _ing(stem: str) -> str:
    return f"{stem[:-1]}ɾɪŋ" if stem[-1] == "t" and stem[-2:-1] in VOWELS else f"{stem}ɪŋ"


def _part_of_speech(before: str) -> str:
    """Guess what a word is by the one before it, for those that sound after it: *to read*."""
    if before in HAVE:
        return "VBN"
    if before in TO_VERBS:
        return "VERB"
    return "NOUN" if before in ARTICLES else DEFAULT


def _read(path: Path) -> dict[str, dict[str, str]]:
    """Return the sounds of words, by part of speech where that tells them apart."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return {
        word: {DEFAULT: sounds} if isinstance(sounds, str) else sounds
        for word, sounds in content.items()
    }
