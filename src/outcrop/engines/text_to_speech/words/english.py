"""English texts, as they are read aloud."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from outcrop.engines.text_to_speech.words.english_numbers import (
    cardinal,
    decimal,
    digits,
    ordinal,
    plural,
    year,
)
from outcrop.engines.text_to_speech.words.reading import Rule, Token, full_stop, read_by, token

MONTHS = (
    "January February March April May June July August September October November December"
).split()
SHORT_MONTHS: Mapping[str, str] = {
    **{month.lower(): month for month in MONTHS},
    **{month[:3].lower(): month for month in MONTHS},
    "sept": "September",
}
CURRENCIES: Mapping[str, tuple[str, str, str, str]] = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "US$": ("dollar", "dollars", "cent", "cents"),
    "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "¥": ("yen", "yen", "sen", "sen"),
}
UNITS: Mapping[str, str] = {
    "km/h": "kilometers per hour", "mph": "miles per hour", "m/s": "meters per second",
    "mm": "millimeter", "cm": "centimeter", "m": "meter", "km": "kilometer",
    "m²": "square meter", "km²": "square kilometer", "m³": "cubic meter",
    "mg": "milligram", "g": "gram", "kg": "kilogram", "ml": "milliliter", "mL": "milliliter",
    "l": "liter", "L": "liter", "ft": "foot", "lb": "pound", "lbs": "pound", "oz": "ounce",
    "mi": "mile", "kB": "kilobyte", "KB": "kilobyte", "MB": "megabyte", "GB": "gigabyte",
    "TB": "terabyte", "Hz": "hertz", "kHz": "kilohertz", "MHz": "megahertz", "GHz": "gigahertz",
    "W": "watt", "kW": "kilowatt", "kWh": "kilowatt hour", "V": "volt", "ms": "millisecond",
    "°C": "degree Celsius", "°F": "degree Fahrenheit", "°": "degree", "%": "percent",
}  # fmt: skip
UNCHANGED = ("hertz", "per", "percent")
"""Units that have no plural, or carry one already."""
ABBREVIATIONS: Mapping[str, str] = {
    "mr": "mister", "mrs": "missus", "ms": "miz", "dr": "doctor", "prof": "professor",
    "st": "saint", "jr": "junior", "sr": "senior", "vs": "versus", "etc": "et cetera",
    "e.g": "for example", "i.e": "that is", "approx": "approximately", "dept": "department",
    "inc": "incorporated", "ltd": "limited", "co": "company", "corp": "corporation",
}  # fmt: skip
SYMBOLS: Mapping[str, str] = {
    "&": "and", "+": "plus", "=": "equals", "@": "at", "#": "number", "%": "percent",
    "°": "degrees", "§": "section", "~": "about", "×": "times", "÷": "divided by", "€": "euros",
    "$": "dollars", "£": "pounds", "<": "less than", ">": "greater than", "©": "copyright",
}  # fmt: skip
FRACTIONS: Mapping[str, str] = {
    "½": "one half", "⅓": "one third", "⅔": "two thirds", "¼": "one quarter",
    "¾": "three quarters",
}  # fmt: skip
DENOMINATORS = {2: ("half", "halves"), 4: ("quarter", "quarters")}
SCALES = {"k": "thousand", "m": "million", "bn": "billion", "b": "billion"}

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_MONTH = "|".join(sorted(SHORT_MONTHS, key=len, reverse=True))


def read(text: str, *, day_first: bool = False) -> list[Token]:
    """Return the tokens of an English text.

    Args:
        text: As it is written.
        day_first: Whether 3/4/2026 is in April, as in Britain, rather than in March.
    """
    return list(read_by(BRITISH if day_first else AMERICAN, text))


def number(text: str) -> list[str]:
    """Return the words of a number as it is written, with commas or a point."""
    value = text.replace(",", "")
    if "." in value:
        return decimal(Decimal(value))
    return digits(value) if value.startswith("0") and len(value) > 1 else cardinal(int(value))


def date(day: int | None, month: int | None, in_year: int | None) -> list[str]:
    """Return the words of a date; what is `None` is not said."""
    words = [MONTHS[month - 1]] if month else []
    words += ordinal(day) if day else []
    return [*words, *year(in_year)] if in_year is not None else words


def time(hour: int, minute: int, half: str = "") -> list[str]:
    """Return the words of a time of the day."""
    letters = [letter.upper() for letter in half if letter.isalpha()]
    if minute == 0:
        whole = ["hundred"] if hour > 12 else ["o'clock"] if not letters else []
        return [*cardinal(hour), *whole, *letters]
    return [*cardinal(hour), *(["oh"] if minute < 10 else []), *cardinal(minute), *letters]


def fraction(above: int, below: int) -> list[str]:
    """Return the words of a fraction."""
    one, many = DENOMINATORS.get(below, (" ".join(ordinal(below)), f"{' '.join(ordinal(below))}s"))
    return [*cardinal(above), *(one if above == 1 else many).split()]


def unit(amount: str, name: str) -> list[str]:
    """Return the words of an amount and its unit, by the unit's abbreviation."""
    words = UNITS[name].split()
    if amount.replace(",", "") != "1" and not any(word in UNCHANGED for word in words):
        first = 0 if words[0] == "degree" else len(words) - 1
        words[first] = "feet" if words[first] == "foot" else plural(words[first])
    return [*number(amount), *words]


def money(amount: str, currency: str, scale: str = "") -> list[str]:
    """Return the words of a sum of money."""
    one, many, small_one, small_many = CURRENCIES[currency]
    if scale:
        return [*number(amount), SCALES.get(scale.lower(), scale.lower()), many]
    whole, _, cents = amount.replace(",", "").partition(".")
    if len(cents) not in (0, 2):
        return [*number(amount), many]
    words = [*cardinal(int(whole)), one if int(whole) == 1 else many]
    if not cents or int(cents) == 0:
        return words
    small = [*cardinal(int(cents)), small_one if int(cents) == 1 else small_many]
    return small if int(whole) == 0 else [*words, "and", *small]


def _money(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 0, money(match["amount"], match["currency"], match["scale"] or ""))


def _money_behind(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 0, money(match["amount"], match["currency"]))


def _iso_date(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 0, date(int(match["day"]), int(match["month"]), int(match["year"])))


def _month_day(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, "month", [SHORT_MONTHS[match["month"].lower().rstrip(".")]])
    yield token(match, "day", ordinal(int(match["day"])))
    if match["year"]:
        yield token(match, "year", year(int(match["year"])))


def _day_month(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, "day", ["the", *ordinal(int(match["day"])), "of"])
    yield token(match, "month", [SHORT_MONTHS[match["month"].lower().rstrip(".")]])
    if match["year"]:
        yield token(match, "year", year(int(match["year"])))


def _time(match: re.Match[str]) -> Iterator[Token]:
    words = time(int(match["hour"]), int(match["minute"] or 0), match["half"] or "")
    yield token(match, 0, words)


def _telephone(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 0, telephone(match.group()))


def telephone(text: str) -> list[str]:
    """Return the words of a telephone number: its digits, a pause between its groups."""
    groups = re.findall(r"\d+", text)
    words = ["plus"] if text.strip().startswith("+") else []
    for group in groups:
        words += [*digits(group), ","]
    return words[:-1]


def _ordinal(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 0, ordinal(int(match[1].replace(",", ""))))


def _decade(match: re.Match[str]) -> Iterator[Token]:
    *before, last = year(int(match[1]))
    yield token(match, 0, [*before, plural(last)])


def _unit(match: re.Match[str]) -> Iterator[Token]:
    sign = ["minus"] if match["sign"] else []
    yield token(match, 0, [*sign, *unit(match["amount"], match["unit"])])


def _range(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 1, _count(match[1]))
    yield token(match, 2, ["to"])
    yield token(match, 3, _count(match[3]))


def _fraction(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 0, fraction(int(match[1]), int(match[2])))


def _fraction_sign(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 0, FRACTIONS[match.group()].split())


def _number(match: re.Match[str]) -> Iterator[Token]:
    sign = ["minus"] if match["sign"] else []
    yield token(match, 0, [*sign, *_count(match["amount"])])


def _count(text: str) -> list[str]:
    """Read a bare number: four digits of our time are a year."""
    is_year = len(text) == 4 and text.isdecimal() and 1100 <= int(text) < 2100
    return year(int(text)) if is_year else number(text)


def _abbreviation(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 0, ABBREVIATIONS[match[1].lower()].split())
    yield from full_stop(match)


def _address(match: re.Match[str]) -> Iterator[Token]:
    named = {".": "dot", "@": "at", "/": "slash", ":": "colon", "-": "dash", "_": "underscore"}
    words: list[str] = []
    pieces: list[str] = re.findall(r"[A-Za-z]+|\d+|.", match.group().replace("://", " "))
    for piece in pieces:
        words += digits(piece) if piece.isdecimal() else [named.get(piece, piece)]
    yield token(match, 0, [word for word in words if word.strip("~?=&%#+ ")])


def _letters(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 0, [letter for letter in match.group() if letter.isalpha()])
    yield from full_stop(match)


def _symbol(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 0, SYMBOLS[match.group()].split())


def _slashed_date(month: str, day: str) -> Rule:
    def read_date(match: re.Match[str]) -> Iterator[Token]:
        words = date(int(match["day"]), int(match["month"]), int(match["year"]))
        yield token(match, 0, words)

    months, days = r"(?P<month>0?[1-9]|1[0-2])", r"(?P<day>0?[1-9]|[12]\d|3[01])"
    first, second = (months, days) if month < day else (days, months)
    return Rule(re.compile(rf"\b{first}(?P<by>[/.-]){second}(?P=by)(?P<year>\d{{4}})\b"), read_date)


def _any(names: Mapping[str, str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_BEFORE_DATES = (
    Rule(re.compile(r"\b(?:https?://|www\.)[^\s,;]+[^\s,;.!?)]|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
         _address),
    Rule(re.compile(rf"(?P<currency>US\$|[$€£¥])\s?(?P<amount>{_NUMBER})"
                    r"(?:\s?(?P<scale>million|billion|trillion|bn|[kKmMbB])\b)?"), _money),
    Rule(re.compile(rf"\b(?P<amount>{_NUMBER})\s?(?P<currency>[$€£¥])"), _money_behind),
    Rule(re.compile(r"\b(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])\b"),
         _iso_date),
)  # fmt: skip
_AFTER_DATES = (
    Rule(re.compile(rf"(?i:\b(?P<month>(?:{_MONTH}))\b\.?\s+(?P<day>3[01]|[12]\d|0?[1-9])"
                    r"(?:st|nd|rd|th)?\b(?!:)(?:,?\s+(?P<year>\d{4})\b)?)"), _month_day),
    Rule(re.compile(rf"(?i:\b(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?\s+"
                    rf"(?P<month>(?:{_MONTH}))\b\.?(?:,?\s+(?P<year>\d{{4}})\b)?)"), _day_month),
    Rule(re.compile(r"\b(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::[0-5]\d)?"
                    r"(?:\s?(?P<half>[aApP]\.?[mM]\b\.?))?"), _time),
    Rule(re.compile(r"\b(?P<hour>1[0-2]|[1-9])(?P<minute>)\s?(?P<half>[aApP]\.?[mM]\b\.?)"), _time),
    Rule(re.compile(r"\+\d{1,3}(?:[ .-]\d{1,4}){2,5}\b|\(?\b\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b"),
         _telephone),
    Rule(re.compile(r"\b(\d{1,3}(?:,\d{3})*|\d+)(?:st|nd|rd|th)\b"), _ordinal),
    Rule(re.compile(r"\b(1[1-9]\d0|20\d0)s\b"), _decade),
    Rule(re.compile(rf"(?P<sign>(?<![\w)])[-−])?(?<!\w)(?P<amount>{_NUMBER})\s?"
                    rf"(?P<unit>{_any(UNITS)})(?![\w/])"), _unit),
    Rule(re.compile(rf"\b({_NUMBER})\s?([-–])\s?({_NUMBER})\b(?![-–])"), _range),
    Rule(re.compile(r"\b(\d{1,2})/([2-9]|1\d)\b(?!/)"), _fraction),
    Rule(re.compile(f"[{''.join(FRACTIONS)}]"), _fraction_sign),
    Rule(re.compile(rf"(?P<sign>(?<![\w)])[-−])?(?P<amount>{_NUMBER})"), _number),
    Rule(re.compile(rf"(?i:\b({_any(ABBREVIATIONS)})\.(?=\W|$))"), _abbreviation),
    Rule(re.compile(r"\b(?:[A-Za-z]\.){2,}"), _letters),
    Rule(re.compile(f"[{re.escape(''.join(SYMBOLS))}]"), _symbol),
)  # fmt: skip
AMERICAN = (*_BEFORE_DATES, _slashed_date("1", "2"), *_AFTER_DATES)
BRITISH = (*_BEFORE_DATES, _slashed_date("2", "1"), *_AFTER_DATES)
