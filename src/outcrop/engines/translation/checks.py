"""What a translation has to keep of its source, and how badly it fails."""

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from outcrop.engines.translation import calendar_words, figures, protected, register_words
from outcrop.engines.translation.interface import Ask, Pair, Term
from outcrop.engines.translation.languages import OTHERS, SCRIPTS, base

LEAST_WORDS_OF_A_SENTENCE = 4
"""Shorter ones, names and headings among them, may well be the same in both languages."""
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}'’-]*")
_NAME = regex.compile(r"(?<=[\p{Ll},]\s)\p{Lu}[\p{L}\p{M}'’-]+")
_ACRONYM_OR_MIXED = regex.compile(r"\p{Lu}{2,}|\p{Ll}\p{Lu}")
NAMES_STAND_OUT = frozenset(("en", "fr", "es", "it", "pt", "nl"))
"""Languages that write names alone, or little else, with a capital."""
ROMANCE = frozenset(("ca", "es", "fr", "it", "pt", "ro"))
MOST_COPIED, MOST_COPIED_OF_RELATED = 0.5, 0.85
"""The share of words that two languages may have in common in one sentence."""
_LETTER = regex.compile(r"\p{L}")
LEAST_OF_SCRIPT = 0.3
"""The share of letters in a language's own script; the others are names."""
DENSE = frozenset(("ja", "ko", "zh"))
"""Languages that need few signs."""
_FOREIGN_TO_LATIN = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Cyrillic}]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is wrong with a translation."""

    lost: Sequence[str] = ()
    """What must be found again and is not, as the source writes it."""
    wrong_words: Sequence[Term] = ()
    """Terms, days and months that are missing."""
    is_no_translation: bool = False
    """Empty, in another language, far too long or too short."""
    faults: int = 0
    """Of those that may be no faults: names, register, numbers that are new."""

    @property
    def is_hard(self) -> bool:
        """Whether the translation may not be given as it is."""
        return bool(self.lost or self.wrong_words or self.is_no_translation)

    @property
    def weight(self) -> tuple[int, int]:
        """How bad it is, for the choice between several."""
        hard = len(self.lost) + len(self.wrong_words) + 10 * self.is_no_translation
        return hard, self.faults

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong."""
        return self.weight == (0, 0)


def judge(ask: Ask, target: str, pair: Pair) -> Verdict:
    """Compare a translation with its source."""
    source = ask.sentence
    terms = [term for term in ask.terms if not has_term(target, term)]
    faults = len(_lost_names(source, target, ask.terms, pair.source))
    faults += figures.invented(source, target)
    faults += calendar_words.lost_numbers(source, target, pair)
    if ask.register is not None:
        faults += bool(register_words.breaks(target, pair.target, ask.register))
    return Verdict(
        lost=[
            *protected.lost(source, target),
            *lost_figures(ask, target),
        ],
        wrong_words=[*terms, *calendar_words.lost(source, target, pair)],
        is_no_translation=not _is_translation(source, target, pair),
        faults=faults,
    )


def lost_figures(ask: Ask, target: str) -> list[str]:
    """Return the numbers of a sentence that its translation lacks; those of terms are none."""
    return figures.lost(_without_terms(ask.sentence, ask.terms), target)


def has_term(target: str, term: Term) -> bool:
    """Tell whether a text has a term as it is to be; a sentence may start with it."""
    wanted = term.target
    return wanted in target or wanted[:1].upper() + wanted[1:] in target


def _without_terms(source: str, terms: Sequence[Term]) -> str:
    for term in terms:
        source = source.replace(term.source, " ")
    return protected.without_protected(source)


def _lost_names(source: str, target: str, terms: Sequence[Term], language: str) -> list[str]:
    """Return names that have no likeness in the translation: London is like Londres."""
    if base(language) not in NAMES_STAND_OUT:
        return []
    said = target.casefold()
    plain = _without_terms(source, terms)
    return [
        name
        for name in _NAME.findall(plain)
        if name[:3].casefold() not in said
        and not _ACRONYM_OR_MIXED.search(name)
        and not calendar_words.lost(name, "", Pair(language, language))
    ]


def _is_translation(source: str, target: str, pair: Pair) -> bool:
    plain_source, plain = protected.without_protected(source), protected.without_protected(target)
    words = _WORD.findall(plain_source)
    if not words:
        return True
    if not _WORD.search(plain) or not _fits(plain_source, plain, pair):
        return False
    if len(words) < LEAST_WORDS_OF_A_SENTENCE or base(pair.source) == base(pair.target):
        return True
    return not _is_copied(words, _WORD.findall(plain), pair)


def _is_copied(source: Sequence[str], target: Sequence[str], pair: Pair) -> bool:
    """Tell whether too many words that are no names stand there as they stood in the source."""
    common = [word for word in source if word.islower() and len(word) > 1]
    copied = sum(word in target for word in common)
    are_related = {base(pair.source), base(pair.target)} <= ROMANCE
    most = MOST_COPIED_OF_RELATED if are_related else MOST_COPIED
    return copied > most * len(common) and copied > 1


def _fits(source: str, target: str, pair: Pair) -> bool:
    """Tell whether a text is in the script of its language, and neither much too long nor short."""
    into = base(pair.target)
    if into not in OTHERS and not _is_in_script(source, target, SCRIPTS.get(into)):
        return False
    most = 8 if base(pair.source) in DENSE else 3
    is_long_enough = into in DENSE or 5 * len(target) + 10 >= len(source)
    return is_long_enough and len(target) <= most * len(source) + 30


def _is_in_script(source: str, target: str, script: str | None) -> bool:
    if script is None:
        known = set(_FOREIGN_TO_LATIN.findall(source))
        return set(_FOREIGN_TO_LATIN.findall(target)) <= known
    letters = len(_LETTER.findall(target))
    are_names = all(word[:1].isupper() for word in _WORD.findall(source))
    return are_names or len(regex.findall(script, target)) >= LEAST_OF_SCRIPT * letters
