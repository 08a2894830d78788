"""French numbers in words, as France says them."""

from decimal import Decimal

ONES = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
    " dix-sept dix-huit dix-neuf"
).split()
TENS = "_ _ vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt".split()
SCALES = ("", "mille", "million", "milliard", "billion", "billiard")
LARGEST = 10 ** (3 * len(SCALES)) - 1
"""Longer numbers are read digit by digit."""


def cardinal(number: int, *, feminine: bool = False) -> list[str]:
    """Return the words of a whole number; `feminine` makes *une* of its last *un*."""
    if number < 0:
        return ["moins", *cardinal(-number, feminine=feminine)]
    if number > LARGEST:
        return digits(str(number))
    if number == 0:
        return ["zéro"]
    words: list[str] = []
    for power in range(len(SCALES) - 1, -1, -1):
        group = number // 1000**power % 1000
        if not group:
            continue
        if not (power == 1 and group == 1):
            words += _below_thousand(group)
        if power:
            words.append(SCALES[power] + ("s" if power > 1 and group > 1 else ""))
    if feminine and words[-1].endswith("un"):
        words[-1] += "e"
    return words


def ordinal(number: int, *, feminine: bool = False) -> list[str]:
    """Return the words of a place in an order."""
    if number == 1:
        return ["première" if feminine else "premier"]
    *before, last = cardinal(number)
    if last.startswith(("million", "milliard")):
        last = last.removesuffix("s")
    for cardinal_end, stem in (("cinq", "cinqu"), ("neuf", "neuv"), ("e", "")):
        if last.endswith(cardinal_end):
            last = last.removesuffix(cardinal_end) + stem
            break
    return [*before, f"{last}ième"]


def decimal(number: Decimal) -> list[str]:
    """Return the words of a number with digits behind the comma."""
    sign, text = ("moins", f"{-number:f}") if number < 0 else ("", f"{number:f}")
    whole, _, fraction = text.partition(".")
    words = cardinal(int(whole))
    if fraction:
        words += ["virgule", *_fraction(fraction)]
    return [sign, *words] if sign else words


def digits(text: str) -> list[str]:
    """Return the words of each digit, one after the other."""
    return [ONES[int(character)] for character in text if character.isdecimal()]


def pairs(text: str) -> list[str]:
    """Return the words of digits by twos, as telephone numbers are said; commas between them."""
    words: list[str] = []
    for start in range(0, len(text), 2):
        pair = text[start : start + 2]
        words += ["zéro"] if pair.startswith("0") and pair != "0" else []
        words += cardinal(int(pair))
        words.append(",")
    return words[:-1]


def _fraction(text: str) -> list[str]:
    """Return what is behind a comma: up to three digits as a number, more of them one by one."""
    zeros = len(text) - len(text.lstrip("0"))
    if len(text) > 3 or zeros == len(text):
        return digits(text)
    return ["zéro"] * zeros + cardinal(int(text))


def _below_thousand(number: int) -> list[str]:
    hundreds, rest = divmod(number, 100)
    words = [] if not hundreds else ["cent"] if hundreds == 1 else [ONES[hundreds], "cent"]
    return words + _below_hundred(rest) if rest else words


def _below_hundred(number: int) -> list[str]:
    if number < 20:
        return [ONES[number]]
    tens, ones = divmod(number, 10)
    if tens in (7, 9):
        ones += 10
    if not ones:
        return [TENS[tens]]
    if ones in (1, 11) and tens < 8:
        return [TENS[tens], "et", ONES[ones]]
    return [f"{TENS[tens]}-{ONES[ones]}"]
