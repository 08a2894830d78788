"""Numbers in texts, compared without regard to how a language groups their digits."""

from collections import Counter

import regex

_NUMBER = regex.compile(
    r"\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*", regex.UNICODE
)
_AFTERNOON = regex.compile(
    r"(?<!\p{L})p\.?\s?m\b|(?<!\p{L})du soir\b|de l['’]après-midi", regex.IGNORECASE
)
_LOOSE = r"[\s.,\u00a0\u202f'’]{0,2}"


def numbers(text: str) -> list[str]:
    """Return the numbers as they are written, in their order."""
    return _NUMBER.findall(text)


def digits(number: str) -> str:
    """Return a number's digits alone, in ASCII."""
    return "".join(str(int(sign)) for sign in number if sign.isdigit())


def lost(source: str, target: str) -> list[str]:
    """Return the numbers of a text, as it writes them, that its translation lacks."""
    left = Counter(digits(number) for number in numbers(target))
    missing: list[str] = []
    for number in numbers(source):
        key = digits(number)
        if not left[key] and _AFTERNOON.search(source) and key.isdecimal() and int(key) < 12:
            key = str(int(key) + 12)
        if left[key]:
            left[key] -= 1
        else:
            missing.append(number)
    return missing


def invented(source: str, target: str) -> bool:
    """Tell whether a translation has more numbers than its source."""
    return len(numbers(target)) > len(numbers(source))


def mended(source: str, target: str) -> str:
    """Return a translation whose numbers are whole again where only their digits were torn.

    Small models write 1,250 as `1, 250`.
    """
    for number in lost(source, target):
        key = digits(number)
        if len(key) < 4:
            continue
        torn = regex.compile(rf"(?<!\d){_LOOSE.join(key)}(?!\d)")
        target = torn.sub(lambda _, whole=number: whole, target, count=1)
    return target
