"""Texts that satisfy the lengths and patterns of a shape, and texts that break them.

Hypothesis finds what a pattern matches; with its seed derived from the pattern, each run finds the
same.
"""

import re
from collections.abc import Callable
from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument, Unsatisfiable

from outcrop.protocol.patterns import in_python, matcher

EXAMPLES = 40
"""How many matches of a pattern are looked at."""

FITTED = 12
"""How many of them are made to fit a length."""

GROWN_BY_ONES = 100
"""In characters: texts that lack more are not made to fit by repeating now this one, now that."""

LONG = 48
"""In characters: a full request has texts of about this length where they may be so long."""

PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.:/=+@-]*[A-Za-z0-9])?")
"""Texts that no header, path or document changes on its way."""

PROPERTIES = {
    "L": "a-zA-Z",
    "Lu": "A-Z",
    "Ll": "a-z",
    "M": "",
    "N": "0-9",
    "Nd": "0-9",
    "P": "!,.:;?",
    "S": "$+<=>",
    "Z": " ",
    "Zs": " ",
}
"""What stands for a Unicode property, which Python's `re` does not know."""

ANYTHING = r"[\P{M}\p{M}]"
"""As Translate's model writes it."""
NO_CONTROL = r"\P{C}"
"""As Comprehend's model writes it."""

_LOOKS = ("(?=", "(?!", "(?<=", "(?<!")
_TOKEN = re.compile(r"\\p\{(?P<property>\w+)\}|\\.|\(\?<?[=!]|.", re.DOTALL)

UNWANTED = "!{}~\u2603:*/\t #<>;,.=@\"'\\a0-\x01\x7f"
"""Characters that break patterns, the most promising first."""


class NoTextError(Exception):
    """No text was found that the constraints allow."""


@cache
def matching(pattern: str | None, least: int, most: int, *, full: bool) -> str:
    """Return a text that satisfies the constraints: a short one, or a longer one for `full`.

    Raises:
        NoTextError: See there.
    """
    wanted = min(most, max(least, LONG if full else 1))
    if pattern is None or (matches := matcher(pattern)) is None:
        return ("a text of some length " * (wanted // 22 + 1))[:wanted].replace(" ", "-")
    likeliest = sorted(
        _examples(pattern),
        key=lambda text: (PLAIN.fullmatch(text) is None, abs(len(text) - wanted)),
    )
    fitting = (fitted(text, least, most, matches) for text in likeliest[:FITTED])
    found = next((text for text in fitting if text is not None and matches(text)), None)
    if found is None:
        raise NoTextError(f"{pattern!r}, {least} to {most} characters")
    return found


def fitted(text: str, least: int, most: int, matches: Callable[[str], bool]) -> str | None:
    """Return a match of about this text within the lengths, `None` if there seems to be none."""
    if len(text) < least:
        return _grown(text, least, matches)
    while len(text) > most:
        cuts = (text[:at] + text[at + 1 :] for at in range(len(text)))
        shorter = next(filter(matches, cuts), None)
        if shorter is None:
            return None
        text = shorter
    return text


def _grown(text: str, length: int, matches: Callable[[str], bool]) -> str | None:
    """Return a match of this length in which one character, or one after another, is repeated."""
    missing = length - len(text)
    at_once = (text[:at] + text[at] * missing + text[at:] for at in reversed(range(len(text))))
    found = next(filter(matches, at_once), None)
    if found is not None or missing > GROWN_BY_ONES:
        return found
    while len(text) < length:
        longer = (text[:at] + text[at] + text[at:] for at in reversed(range(len(text))))
        found = next(filter(matches, longer), None)
        if found is None:
            return None
        text = found
    return text


def breaking(text: str, pattern: str) -> str | None:
    """Return a text of the same length that does not match, `None` if every text does."""
    matches = matcher(pattern)
    if matches is None:
        return None
    for character in UNWANTED:
        for broken in (character + text[1:], text[:-1] + character, character * len(text)):
            if broken and not matches(broken):
                return broken
    return None


@cache
def _examples(pattern: str) -> tuple[str, ...]:
    """Return what a pattern matches, in printable ASCII where it allows."""
    as_python = _simplified(in_python(pattern)).replace(r"\z", r"\Z")  # Python's own end of text.
    printable = st.characters(min_codepoint=32, max_codepoint=126)
    # Hypothesis walks through every character of a class, and some classes have a million.
    for text, alphabet in (
        (_within_ascii(as_python), printable),
        (as_python, printable),
        (as_python, st.characters()),
    ):
        if found := _drawn(text, alphabet):
            return found
    return ()


def _drawn(pattern: str, alphabet: st.SearchStrategy[str]) -> tuple[str, ...]:
    """Return what Hypothesis finds, nothing if the pattern allows nothing of the alphabet."""
    found: list[str] = []

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=(
            HealthCheck.data_too_large,
            HealthCheck.filter_too_much,
            HealthCheck.large_base_example,
            HealthCheck.nested_given,
            HealthCheck.too_slow,
        ),
    )
    @given(st.from_regex(pattern, fullmatch=True, alphabet=alphabet))
    def collect(text: str) -> None:
        found.append(text)

    try:
        collect()
    except (Unsatisfiable, InvalidArgument, re.error):
        return ()
    return tuple(dict.fromkeys(found))


def _simplified(pattern: str) -> str:
    """Return a pattern without what Python lacks, or what examples are slow to be found for.

    A Unicode property becomes some of its letters, and a look to either side is left out. What a
    simplified pattern matches must be held against the true one.
    """
    pieces: list[str] = []
    in_class, skipped = False, 0
    for token in _TOKEN.finditer(_plain(pattern)):
        text = token[0]
        if skipped or (not in_class and text in _LOOKS):
            skipped += not in_class and text.startswith("(")
            skipped -= not in_class and text == ")"
        elif token["property"]:
            letters = PROPERTIES.get(token["property"], text)
            pieces.append(letters if in_class else f"[{letters}]")
        else:
            pieces.append(text)
        if text == "[":
            in_class = True
        elif text == "]":
            in_class = False
    # Some models repeat the end of the text, which is where it was: `${1,128}`.
    return re.sub(r"\$\{\d+(,\d*)?\}", "$", "".join(pieces))


def _plain(pattern: str) -> str:
    """Put letters and digits for classes that allow nearly everything."""
    for wide in (ANYTHING, NO_CONTROL):
        pattern = pattern.replace(wide, "[a-zA-Z0-9]")
    return pattern


def _within_ascii(pattern: str) -> str:
    """Cut ranges of characters off behind ASCII; nothing is left of those beyond."""

    def cut(found: re.Match[str]) -> str:
        first, last = (int(number, 16) for number in found.groups())
        if first > ord("~"):
            return ""
        return f"\\u{first:04x}-\\u{min(last, ord('~')):04x}"

    return re.sub(r"\\[uU]([0-9a-fA-F]+)-\\[uU]([0-9a-fA-F]+)", cut, pattern)
