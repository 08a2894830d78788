"""French texts, as they are read aloud in France."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from outcrop.engines.text_to_speech.words.french_numbers import (
    cardinal,
    decimal,
    digits,
    ordinal,
    pairs,
)
from outcrop.engines.text_to_speech.words.reading import (
    COMPOUND,
    Rule,
    Token,
    full_stop,
    read_by,
    token,
)

MONTHS = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
).split()
SHORT_MONTHS: Mapping[str, str] = {
    **{month: month for month in MONTHS},
    "janv": "janvier", "févr": "février", "avr": "avril", "juil": "juillet",
    "sept": "septembre", "oct": "octobre", "nov": "novembre", "déc": "décembre",
}  # fmt: skip
CURRENCIES: Mapping[str, tuple[str, str]] = {
    "€": ("euro", "centime"), "$": ("dollar", "cent"), "£": ("livre", "penny"),
    "¥": ("yen", "sen"), "CHF": ("franc suisse", "centime"), "EUR": ("euro", "centime"),
}  # fmt: skip
SCALES = {"k": "mille", "M": "million", "Md": "milliard", "Mds": "milliard"}
UNITS: Mapping[str, str] = {
    "km/h": "kilomètre par heure", "m/s": "mètre par seconde", "mm": "millimètre",
    "cm": "centimètre", "m": "mètre", "km": "kilomètre", "m²": "mètre carré",
    "km²": "kilomètre carré", "m³": "mètre cube", "ha": "hectare", "mg": "milligramme",
    "g": "gramme", "kg": "kilogramme", "t": "tonne", "ml": "millilitre", "cl": "centilitre",
    "l": "litre", "L": "litre", "ko": "kilooctet", "Ko": "kilooctet", "Mo": "mégaoctet",
    "Go": "gigaoctet", "To": "téraoctet", "Hz": "hertz", "kHz": "kilohertz", "MHz": "mégahertz",
    "GHz": "gigahertz", "W": "watt", "kW": "kilowatt", "kWh": "kilowattheure", "V": "volt",
    "ms": "milliseconde", "min": "minute", "s": "seconde", "°C": "degré celsius",
    "°": "degré", "%": "pour cent",
}  # fmt: skip
FEMININE = ("tonne", "livre", "minute", "seconde", "milliseconde", "heure")
ABBREVIATIONS: Mapping[str, str] = {
    "M": "monsieur", "MM": "messieurs", "Dr": "docteur", "Pr": "professeur", "Me": "maître",
    "St": "saint", "Ste": "sainte", "etc": "et cetera", "p": "page", "av": "avenue",
    "bd": "boulevard", "tél": "téléphone", "réf": "référence", "ex": "exemple", "chap": "chapitre",
}  # fmt: skip
WITHOUT_POINT: Mapping[str, str] = {
    "Mme": "madame", "Mmes": "mesdames", "Mlle": "mademoiselle", "Mlles": "mesdemoiselles",
    "Mgr": "monseigneur", "n°": "numéro", "N°": "numéro", "nº": "numéro",
}  # fmt: skip
SYMBOLS: Mapping[str, str] = {
    "&": "et", "+": "plus", "=": "égale", "@": "arobase", "#": "dièse", "%": "pour cent",
    "°": "degrés", "§": "paragraphe", "×": "fois", "÷": "divisé par", "€": "euros",
    "$": "dollars", "£": "livres", "<": "inférieur à", ">": "supérieur à",
}  # fmt: skip
FRACTIONS: Mapping[str, str] = {
    "½": "un demi", "⅓": "un tiers", "⅔": "deux tiers", "¼": "un quart", "¾": "trois quarts",
}  # fmt: skip
DENOMINATORS = {2: "demi", 3: "tiers", 4: "quart"}
ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}

_SPACE = "[ \u00a0\u202f]"
_NUMBER = r"\d{1,3}(?:[.\u00a0\u202f ]\d{3})+(?:,\d+)?(?!\d)|\d+(?:[.,]\d+)?"
_MONTH = "|".join(sorted(SHORT_MONTHS, key=len, reverse=True))


def read(text: str) -> list[Token]:
    """Return the tokens of a French text."""
    return list(read_by(RULES, text, word=COMPOUND))


def number(text: str, *, feminine: bool = False) -> list[str]:
    """Return the words of a number as it is written: 12 345,67 or 12.345,67."""
    value = re.sub(r"[\s\u00a0\u202f]", "", text)
    value = re.sub(r"\.(?=\d{3}(\D|$))", "", value) if value.count(".") else value
    value = value.replace(",", ".")
    if "." in value:
        return decimal(Decimal(value))
    if value.startswith("0") and len(value) > 1:
        return digits(value)
    return cardinal(int(value), feminine=feminine)


def date(day: int | None, month: int | None, year: int | None) -> list[str]:
    """Return the words of a date; what is `None` is not said."""
    words = [] if day is None else ["premier"] if day == 1 else cardinal(day)
    words += [MONTHS[month - 1]] if month else []
    return [*words, *cardinal(year)] if year is not None else words


def time(hour: int, minute: int, second: int | None = None) -> list[str]:
    """Return the words of a time of the day."""
    words = [*cardinal(hour, feminine=True), "heure" if hour < 2 else "heures"]
    words += cardinal(minute, feminine=True) if minute else []
    if second:
        words += [*cardinal(second, feminine=True), "seconde" if second < 2 else "secondes"]
    return words


def fraction(above: int, below: int) -> list[str]:
    """Return the words of a fraction."""
    name = DENOMINATORS.get(below) or " ".join(ordinal(below))
    return [*cardinal(above), *_plural(name, above > 1).split()]


def unit(amount: str, name: str) -> list[str]:
    """Return the words of an amount and its unit, by the unit's abbreviation."""
    word = UNITS[name]
    first, *rest = word.split()
    many = _is_many(amount) and word not in ("pour cent", "hertz")
    return [*number(amount, feminine=first in FEMININE), _plural(first, many), *rest]


def money(amount: str, currency: str, scale: str = "") -> list[str]:
    """Return the words of a sum of money."""
    one, small = CURRENCIES[currency]
    feminine = one in FEMININE
    if scale:
        name = _plural(SCALES[scale], _is_many(amount) and scale != "k")
        behind = [] if scale == "k" else ["de" if one[0] not in "aeiouy" else "d'"]
        joined = [f"d'{one}s"] if behind == ["d'"] else [*behind, f"{one}s"]
        return [*number(amount), name, *joined]
    whole, _, cents = re.sub(r"[\s\u00a0\u202f]", "", amount).replace(".", ",").partition(",")
    if len(cents) not in (0, 2):
        return [*number(amount), *_plural(one, True).split()]
    words = [*cardinal(int(whole), feminine=feminine), *_plural(one, int(whole) > 1).split()]
    if not cents or int(cents) == 0:
        return words
    said = cardinal(int(cents))
    return [*said, _plural(small, int(cents) > 1)] if int(whole) == 0 else [*words, *said]


def telephone(text: str) -> list[str]:
    """Return the words of a telephone number, by pairs of digits."""
    figures = re.sub(r"\D", "", text)
    if text.strip().startswith("+"):
        groups = re.findall(r"\d+", text)
        rest = "".join(groups[1:])
        head = ["zéro", *cardinal(int(rest[1:]))] if rest.startswith("0") and len(rest) < 3 else []
        said = head or [
            *(cardinal(int(rest[0])) if len(rest) % 2 else []),
            *([","] if len(rest) % 2 else []),
            *pairs(rest[len(rest) % 2 :]),
        ]
        return ["plus", *cardinal(int(groups[0])), ",", *said]
    return pairs(figures)


def _is_many(amount: str) -> bool:
    value = re.sub(r"[\s\u00a0\u202f]", "", amount).replace(",", ".")
    try:
        return abs(Decimal(value)) >= 2
    except ArithmeticError:
        return True


def _plural(word: str, many: bool) -> str:
    first, *rest = word.split(" ")
    if not many or first.endswith(("s", "x")):
        return word
    return " ".join([f"{first}s", *rest])


def _money(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 0, money(match["amount"], match["currency"], match["scale"] or ""))


def _money_before(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 0, money(match["amount"], match["currency"]))


def _date(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 0, date(int(match["day"]), int(match["month"]), int(match["year"])))


def _day_month(match: re.Match[str]) -> Iterator[Token]:
    day = int(match["day"])
    yield token(match, "written", ["premier"] if day == 1 else cardinal(day))
    yield token(match, "month", [SHORT_MONTHS[match["month"].lower()]])


def _time(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 0, time(int(match["hour"]), int(match["minute"] or 0)))


def _telephone(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 0, telephone(match.group()))


def _ordinal(match: re.Match[str]) -> Iterator[Token]:
    feminine = match[2] in ("re", "ère", "nde")
    yield token(match, 0, ordinal(int(match[1]), feminine=feminine))


def _century(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 0, ordinal(_roman(match[1])))


def _roman(text: str) -> int:
    values = [ROMAN[letter] for letter in text]
    following = [*values[1:], 0]
    return sum(-v if v < after else v for v, after in zip(values, following, strict=True))


def _unit(match: re.Match[str]) -> Iterator[Token]:
    sign = ["moins"] if match["sign"] else []
    yield token(match, 0, [*sign, *unit(match["amount"], match["unit"])])


def _range(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 1, number(match[1]))
    yield token(match, 2, ["à"])
    yield token(match, 3, number(match[3]))


def _fraction(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 0, fraction(int(match[1]), int(match[2])))


def _fraction_sign(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 0, FRACTIONS[match.group()].split())


def _number(match: re.Match[str]) -> Iterator[Token]:
    sign = ["moins"] if match["sign"] else []
    yield token(match, 0, [*sign, *number(match["amount"])])


def _abbreviation(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 0, ABBREVIATIONS[match[1]].split())
    yield from full_stop(match)


def _without_point(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 0, [WITHOUT_POINT[match.group()]])


def _address(match: re.Match[str]) -> Iterator[Token]:
    named = {".": "point", "@": "arobase", "/": "barre", "-": "tiret", "_": "souligné"}
    words: list[str] = []
    pieces: list[str] = re.findall(r"[^\W\d_]+|\d+|.", match.group().replace("://", " "))
    for piece in pieces:
        words += number(piece) if piece.isdecimal() else [named.get(piece, piece)]
    yield token(match, 0, [word for word in words if word.strip(":~?=&%#+ ")])


def _letters(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 0, [letter for letter in match.group() if letter.isalpha()])
    yield from full_stop(match)


def _symbol(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 0, SYMBOLS[match.group()].split())


def _any(names: Mapping[str, object]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


RULES = (
    Rule(re.compile(r"\b(?:https?://|www\.)[^\s,;]+[^\s,;.!?)]|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
         _address),
    Rule(re.compile(r"(?:\+\d{1,3}|\b0\d)(?:[ .\u00a0-]\d{1,2}){4,5}\b"), _telephone),
    Rule(re.compile(rf"\b(?P<amount>{_NUMBER}){_SPACE}?(?P<scale>Mds?|M|k)?{_SPACE}?"
                    rf"(?P<currency>{_any(CURRENCIES)})"), _money),
    Rule(re.compile(rf"(?P<currency>[$€£¥]){_SPACE}?(?P<amount>{_NUMBER})"), _money_before),
    Rule(re.compile(r"\b(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])\b"),
         _date),
    Rule(re.compile(r"\b(?P<day>0?[1-9]|[12]\d|3[01])(?P<by>[/.-])(?P<month>0?[1-9]|1[0-2])"
                    r"(?P=by)(?P<year>\d{4})\b"), _date),
    Rule(re.compile(rf"(?i:\b(?P<written>(?P<day>3[01]|[12]\d|0?[1-9])(?:er)?){_SPACE}+"
                    rf"(?P<month>{_MONTH})\b)"), _day_month),
    Rule(re.compile(rf"\b(?P<hour>[01]?\d|2[0-4]){_SPACE}?[h:]{_SPACE}?(?P<minute>[0-5]\d)\b"),
         _time),
    Rule(re.compile(rf"\b(?P<hour>[01]?\d|2[0-4]){_SPACE}?h(?P<minute>)\b"), _time),
    Rule(re.compile(r"\b(\d+)(ère|re|er|nde?|i?èmes?|e)\b"), _ordinal),
    Rule(re.compile(rf"\b([IVXLC]+)e(?={_SPACE}+siècle)"), _century),
    Rule(re.compile(rf"(?P<sign>(?<![\w)])[-−])?(?<!\w)(?P<amount>{_NUMBER}){_SPACE}?"
                    rf"(?P<unit>{_any(UNITS)})(?![\w/'’])"), _unit),
    Rule(re.compile(rf"\b({_NUMBER})\s?([-–])\s?({_NUMBER})\b(?![-–])"), _range),
    Rule(re.compile(r"\b(\d{1,2})/([2-9]|1\d)\b(?!/)"), _fraction),
    Rule(re.compile(f"[{''.join(FRACTIONS)}]"), _fraction_sign),
    Rule(re.compile(rf"(?P<sign>(?<![\w)])[-−])?(?P<amount>{_NUMBER})"), _number),
    Rule(re.compile(rf"\b({_any(ABBREVIATIONS)})\.(?=\W|$)"), _abbreviation),
    Rule(re.compile(rf"\b(?:{_any(WITHOUT_POINT)})(?!\w)"), _without_point),
    Rule(re.compile(r"\b(?:[A-Za-z]\.){2,}"), _letters),
    Rule(re.compile(f"[{re.escape(''.join(SYMBOLS))}]"), _symbol),
)  # fmt: skip
