"""English numbers in words."""

from decimal import Decimal

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
).split()
TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
SCALES = ("", "thousand", "million", "billion", "trillion", "quadrillion")
LARGEST = 10 ** (3 * len(SCALES)) - 1
"""Longer numbers are read digit by digit."""
IRREGULAR_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


def cardinal(number: int) -> list[str]:
    """Return the words of a whole number."""
    if number < 0:
        return ["minus", *cardinal(-number)]
    if number > LARGEST:
        return digits(str(number))
    if number == 0:
        return ["zero"]
    words: list[str] = []
    for power in range(len(SCALES) - 1, -1, -1):
        group = number // 1000**power % 1000
        if group:
            words += _below_thousand(group)
            words += [SCALES[power]] if power else []
    return words


def ordinal(number: int) -> list[str]:
    """Return the words of a place in an order."""
    *before, last = cardinal(number)
    if last in IRREGULAR_ORDINALS:
        return [*before, IRREGULAR_ORDINALS[last]]
    return [*before, f"{last.removesuffix('y')}ieth" if last.endswith("y") else f"{last}th"]


def year(number: int) -> list[str]:
    """Return the words of a year, which is read in pairs of digits."""
    century, rest = divmod(number, 100)
    if not 1000 < number < 10_000 or 2000 <= number < 2010:
        return cardinal(number)
    if rest == 0:
        return cardinal(number) if century % 10 == 0 else [*cardinal(century), "hundred"]
    return [*cardinal(century), *(["oh"] if rest < 10 else []), *cardinal(rest)]


def decimal(number: Decimal) -> list[str]:
    """Return the words of a number with digits behind the point."""
    sign, text = ("minus", f"{-number:f}") if number < 0 else ("", f"{number:f}")
    whole, _, fraction = text.partition(".")
    words = cardinal(int(whole))
    if fraction:
        words += ["point", *digits(fraction)]
    return [sign, *words] if sign else words


def digits(text: str) -> list[str]:
    """Return the words of each digit, one after the other."""
    return [ONES[int(character)] for character in text if character.isdecimal()]


def plural(word: str) -> str:
    """Return a noun of these pages in the plural."""
    if word.endswith(("s", "x", "ch", "sh")):
        return f"{word}es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}s"


def _below_thousand(number: int) -> list[str]:
    hundreds, rest = divmod(number, 100)
    words = [ONES[hundreds], "hundred"] if hundreds else []
    if not rest:
        return words
    if rest < 20:
        return [*words, ONES[rest]]
    tens, ones = divmod(rest, 10)
    return [*words, TENS[tens], *([ONES[ones]] if ones else [])]
