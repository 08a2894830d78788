"""How French words sound: by gruut's dictionary or a guess, with liaisons, and stress at the end.

Sources: https://github.com/rhasspy/gruut
and https://fr.wikipedia.org/wiki/Liaison_en_français for what is bound to what
"""

import sqlite3
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from outcrop.engines.text_to_speech.sounds.alphabet import VOWELS, from_ipa, is_vowel

LETTERS: Mapping[str, str] = {
    "a": "a", "b": "be", "c": "se", "d": "de", "e": "ø", "f": "ɛf", "g": "ʒe", "h": "aʃ", "i": "i",
    "j": "ʒi", "k": "ka", "l": "ɛl", "m": "ɛm", "n": "ɛn", "o": "o", "p": "pe", "q": "ky",
    "r": "ɛʁ", "s": "ɛs", "t": "te", "u": "y", "v": "ve", "w": "dublve", "x": "iks",
    "y": "iɡʁɛk", "z": "zɛd", "é": "e", "è": "ɛ", "ê": "ɛ", "à": "a", "ç": "se", "ù": "y",
}  # fmt: skip
UNSTRESSED = frozenset(
    "le la les l' un une des du de d' et à au aux en ce cet cette ces je j' tu il elle on nous"
    " vous ils elles me m' te t' se s' qui que qu' ne n' mon ma mes ton ta tes son sa ses notre nos"
    " votre vos leur leurs ou où y si dans par pour sur sous avec sans chez est sont a ont".split()
)
LIAISONS: Mapping[str, str] = {
    **dict.fromkeys(
        "les des mes tes ses nos vos leurs ces aux nous vous ils elles dans sans sous chez très"
        " plus moins deux trois quelques plusieurs certains certaines quels quelles petits petites"
        " grands grandes bons bonnes premiers premières autres mêmes gros beaux nouveaux".split(),
        "z",
    ),
    **dict.fromkeys("un mon ton son on en aucun bien rien".split(), "n"),
    **dict.fromkeys("est sont ont quand petit grand tout cet cent vingt c'est".split(), "t"),
}
"""What a word ends with before a vowel, which it is silent about elsewhere."""
BEFORE_VOWELS: Mapping[str, str] = {
    "six": "siz", "dix": "diz", "bon": "bɔn", "premier": "pʁəmjɛʁ", "dernier": "dɛʁnjɛʁ",
}  # fmt: skip
BEFORE_CONSONANTS: Mapping[str, str] = {"six": "si", "dix": "di", "huit": "ɥi"}
UNBOUND = frozenset("et ou où à au aux onze oui".split())
"""Words that nothing is bound to, wherever they stand."""
NUMERALS = frozenset("deux trois six huit dix vingt cent".split())
UNBOUND_FROM_NUMERALS = frozenset("en est a ont avec il elle on un une".split())
"""Words that no number is bound to: it counts what follows it, or nothing."""
ASPIRATED = (
    "hach hain hair hall halt ham hanch handic hangar hant harc hard haren harg haric harn harp"
    " hasard hât hauss haut havr hérisson hernie héron héros heurt hibou hid hiérarch hiss hobb"
    " hock holland homard hongr hont hors houbl houl houp hous hub huche huée huit hul hurl hutt"
    " onz oui yaourt yacht yoga"
).split()
"""Beginnings of words that nothing is bound to, though they sound like vowels."""


class FrenchSounds:
    """The sounds of French words."""

    def __init__(self, dictionary: Path, guess: Callable[[str], Sequence[str]]) -> None:
        """Read the dictionary.

        Args:
            dictionary: gruut's, an SQLite database.
            guess: Gives the IPA of words that it lacks.
        """
        self._words = _read(dictionary)
        self._words.update({",": ",", "plus": "ply", "tous": "tu", "ce": "sə", "est": "ɛ"})
        self._guess = guess

    def say(self, words: Sequence[str], *, part_of_speech: str = "") -> list[str]:
        """See `Sounds.say`; no word needs its part of speech."""
        del part_of_speech
        plain = [self._plain(word) for word in words]
        return [self._in_context(words, plain, place) for place in range(len(words))]

    def _in_context(self, words: Sequence[str], plain: Sequence[str], place: int) -> str:
        word, sounds = words[place], plain[place]
        small = word.lower()
        following = words[place + 1].lower() if place + 1 < len(words) else ","
        if sounds == "," or following == ",":
            return _stressed(sounds, small)
        last = small.rpartition("-")[2].rpartition("'")[2] if small != "c'est" else small
        if _is_bound(last, following, plain[place + 1]):
            if last in BEFORE_VOWELS:
                sounds = _replace_end(sounds, self._plain(last), BEFORE_VOWELS[last])
            elif last in LIAISONS and small == last:
                sounds += LIAISONS[last]
        elif last in BEFORE_CONSONANTS and _is_counted(following, plain[place + 1]):
            sounds = _replace_end(sounds, self._plain(last), BEFORE_CONSONANTS[last])
        return _stressed(sounds, small)

    def _plain(self, word: str) -> str:
        """Return the sounds of a word that stands alone, without stress."""
        small = unicodedata.normalize("NFC", word.lower())
        if small in self._words:
            return self._words[small]
        return self._composed(word) or self._unknown(word, small)

    def _composed(self, word: str) -> str:
        """Return the sounds of what is joined by a hyphen or an apostrophe; empty: nothing is."""
        if "-" in word:
            return "".join(self._bound(self._parts(word)))
        elided, apostrophe, rest = word.partition("'")
        return self._elided(elided.lower()) + self._plain(rest) if apostrophe and rest else ""

    def _unknown(self, word: str, small: str) -> str:
        if len(word) == 1:
            return LETTERS.get(small, "")
        if word.isupper() and is_spelt(small):
            return "".join(LETTERS.get(letter, "") for letter in small)
        return from_ipa("".join(self._guess(small)), "fr-FR")

    def _parts(self, word: str) -> list[str]:
        """Return the parts of a compound, the longest that the dictionary has."""
        pieces = [piece for piece in word.split("-") if piece]
        parts: list[str] = []
        while pieces:
            sizes = range(len(pieces), 1, -1)
            known = (size for size in sizes if "-".join(pieces[:size]).lower() in self._words)
            size = next(known, 1)
            parts.append("-".join(pieces[:size]))
            del pieces[:size]
        return parts

    def _bound(self, words: Sequence[str]) -> list[str]:
        if words[0].lower() == "vingt" and len(words) > 1:  # Its t is heard in 22 to 29.
            return ["vɛ̃t", *self._bound(words[1:])]
        return [sounds.replace("ˈ", "") for sounds in self.say(words)]

    def _elided(self, word: str) -> str:
        known = self._words.get(f"{word}'")
        return known if known is not None else self._plain(word).rstrip("ə")


def is_spelt(word: str) -> bool:
    """Tell whether an acronym that no dictionary has is spelt: it has too few vowels to be said."""
    vowels = sum(letter in "aeiouyàâéèêëîïôûù" for letter in word)
    return vowels < 2 or len(word) < 4


def _is_bound(before: str, word: str, sounds: str) -> bool:
    """Tell whether the end of the word before is heard with this one."""
    if not is_vowel(sounds) or word in UNBOUND or word.startswith(tuple(ASPIRATED)):
        return False
    return before not in NUMERALS or word not in UNBOUND_FROM_NUMERALS


def _is_counted(word: str, sounds: str) -> bool:
    """Tell whether a number counts this word, so that its own end is silent: *six jours*."""
    return not is_vowel(sounds) and word not in ("virgule", "pour", "moins", "plus")


def _replace_end(sounds: str, end: str, by: str) -> str:
    return sounds.removesuffix(end) + by


def _stressed(sounds: str, word: str) -> str:
    """Mark the last full vowel, as French stresses it."""
    if word in UNSTRESSED:
        return sounds
    places = [i for i, symbol in enumerate(sounds) if symbol in VOWELS]
    full = [i for i in places if sounds[i] != "ə"] or places
    return f"{sounds[: full[-1]]}ˈ{sounds[full[-1] :]}" if full else sounds


def _read(path: Path) -> dict[str, str]:
    """Return the first pronunciation of every word."""
    words: dict[str, str] = {}
    connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        rows = connection.execute("SELECT word, phonemes FROM word_phonemes ORDER BY pron_order")
        for word, phonemes in rows:
            words.setdefault(word, from_ipa(phonemes.replace(" ", ""), "fr-FR"))
    finally:
        connection.close()
    return words
