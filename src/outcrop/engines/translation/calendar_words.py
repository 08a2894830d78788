"""Days of the week, months, numbers from two to twelve: a translation names the same ones.

Source: Unicode CLDR, wide names in the context of a date; only languages that do not inflect them.
"""

from collections.abc import Sequence
from functools import cache

import regex

from outcrop.engines.translation.interface import Pair, Term
from outcrop.engines.translation.languages import base

WORDS = {
    "de": (
        "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    ),
    "en": (
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        "January February March April May June July August September October November December",
        "two three four five six seven eight nine ten eleven twelve",
    ),
    "es": (
        "lunes martes miércoles jueves viernes sábado domingo",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "dos tres cuatro cinco seis siete ocho nueve diez once doce",
    ),
    "fr": (
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "deux trois quatre cinq six sept huit neuf dix onze douze",
    ),
    "it": (
        "lunedì martedì mercoledì giovedì venerdì sabato domenica",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre"
        " dicembre",
        "due tre quattro cinque sei sette otto nove dieci undici dodici",
    ),
    "nl": (
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        "januari februari maart april mei juni juli augustus september oktober november december",
        "twee drie vier vijf zes zeven acht negen tien elf twaalf",
    ),
    "pt": (
        "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "dois/duas três quatro cinco seis sete oito nove dez onze doze",
    ),
}
DATES = (0, 1)
"""Days, months."""
NUMBERS = 2
_ALSO_OTHER_WORDS = frozenset(
    ("March", "May", "August", "mars", "mai", "marzo", "mei", "maart", "neuf", "sei")
)
"""Counted beside a number only: `May` is also a verb, `mars` a planet, `neuf` is also new."""
FIRST_NUMBER = 2


@cache
def _pattern(language: str, kind: int) -> "regex.Pattern[str]":
    words = WORDS[language][kind].replace("/", " ").split()
    plain = "|".join(regex.escape(word) for word in words if word not in _ALSO_OTHER_WORDS)
    other = "|".join(regex.escape(word) for word in words if word in _ALSO_OTHER_WORDS)
    parts = [rf"(?<!\p{{L}})(?:{plain})s?(?!\p{{L}})"] if plain else []
    if other:
        parts.append(rf"(?<=\d\.?\s)(?:{other})(?!\p{{L}})|(?<!\p{{L}})(?:{other})(?=\s\d)")
    return regex.compile(
        "|".join(parts), regex.IGNORECASE if language != "en" or kind == NUMBERS else 0
    )


def _found(text: str, language: str, kind: int) -> list[tuple[int, int, int]]:
    """Return where the words are, and the place of each in its week or year."""
    places: list[tuple[int, int, int]] = []
    forms = [word.lower().split("/") for word in WORDS[language][kind].split()]
    numbers = {form: at for at, each in enumerate(forms) for form in each}
    for match in _pattern(language, kind).finditer(text):
        word = match.group().lower()
        at = numbers[word] if word in numbers else numbers[word.removesuffix("s")]
        places.append((match.start(), match.end(), at))
    return places


def _names(language: str, kind: int) -> list[str]:
    """Return what the words are when they are written."""
    return [word.partition("/")[0] for word in WORDS[base(language)][kind].split()]


def is_known(pair: Pair) -> bool:
    """Tell whether both languages' words are known."""
    return base(pair.source) in WORDS and base(pair.target) in WORDS


def lost(source: str, target: str, pair: Pair) -> list[Term]:
    """Return the words of a text, and what they are in the other language, that are missing."""
    if not is_known(pair):
        return []
    missing: list[Term] = []
    for kind in DATES:
        names = _names(pair.target, kind)
        said = target.lower()
        for start, end, at in _found(source, base(pair.source), kind):
            if names[at].lower() not in said:
                missing.append(Term(source[start:end], names[at]))
    return missing


def lost_numbers(source: str, target: str, pair: Pair) -> int:
    """Return how many numbers in words are missing; digits may stand for them."""
    if not is_known(pair):
        return 0
    said = {at for *_, at in _found(target, base(pair.target), NUMBERS)}
    wanted = {at for *_, at in _found(source, base(pair.source), NUMBERS)}
    return sum(str(at + FIRST_NUMBER) not in target for at in wanted - said)


def in_figures(lost: Sequence[str], target: str, pair: Pair) -> str:
    """Return a translation with the figures that it lost in place of words for the same numbers.

    A model writes `trois chiens` for `3 dogs`: nothing else of the sentence is wrong.
    """
    if base(pair.target) not in WORDS:
        return target
    for number in lost:
        for start, end, at in _found(target, base(pair.target), NUMBERS):
            if str(at + FIRST_NUMBER) == number:
                target = target[:start] + number + target[end:]
                break
    return target


def mended(source: str, target: str, pair: Pair) -> str:
    """Return a translation with its words exchanged for those of the source, one for one."""
    if not is_known(pair):
        return target
    for kind in (*DATES, NUMBERS):
        wanted = _found(source, base(pair.source), kind)
        said = _found(target, base(pair.target), kind)
        if len(wanted) != len(said) or sorted(at for *_, at in wanted) == sorted(
            at for *_, at in said
        ):
            continue
        names = _names(pair.target, kind)
        for (start, end, _), (*_, at) in reversed(list(zip(said, wanted, strict=True))):
            target = target[:start] + names[at] + target[end:]
    return target
