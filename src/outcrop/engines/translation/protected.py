"""What a translation takes over as it is: addresses, placeholders, marks."""

from collections import Counter

import regex

_PROTECTED = regex.compile(
    r"""
    <([A-Za-z][\w:-]*)\s(?:[^<>]*\s)?translate=["']?no\b[^<>]*>.*?</\1\s*>  # kept in words
    | </?[A-Za-z][\w:-]*(?:\s[^<>]*)?/?>           # marks and tags
    | https?://[^\s<>"']+[^\s<>"'.,;:!?)\]]
    | www\.[^\s<>"']+[^\s<>"'.,;:!?)\]]
    | [\w.+-]+@[\w-]+(?:\.[\w-]+)+
    | \{\{[^{}]{1,64}\}\} | \$\{[^{}]{1,64}\} | \{[\w.:-]{0,64}\}
    | %\(\w+\)[sdif] | %(?:\d+\$)?[sdif](?!\w)
    | &(?:\w{2,16}|\#\d{1,6});
    """,
    regex.VERBOSE | regex.IGNORECASE | regex.DOTALL,
)
MARK = regex.compile(r"</?[A-Za-z][A-Za-z0-9:-]*\s*/?>")


def protected(text: str) -> list[str]:
    """Return what is to be taken over, in its order."""
    return [match.group() for match in _PROTECTED.finditer(text)]


def without_protected(text: str) -> str:
    """Return a text with a space in place of all that is taken over."""
    return _PROTECTED.sub(" ", text)


def lost(source: str, target: str) -> list[str]:
    """Return what is to be taken over and is not, or stands in another order if it is a mark."""
    left = Counter(protected(target))
    missing = list((Counter(protected(source)) - left).elements())
    if not missing and MARK.findall(source) != MARK.findall(target):
        return MARK.findall(source) or MARK.findall(target)
    return missing
