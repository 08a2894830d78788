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

PROPERTIES = {"L": "a-zA-Z", "Lu": "A-Z", "Ll": "a-z", "N": "0-9", "Nd": "0-9", "Z": " ", "M": ""}
"""What stands for a Unicode property, which Python's `re` does not know."""

UNWANTED = "!{}~\u2603\t #<>;a0-"
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
    as_python = _without_properties(in_python(pattern))
    found: list[str] = []
    for alphabet in (st.characters(min_codepoint=32, max_codepoint=126), st.characters()):

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much),
        )
        @given(st.from_regex(as_python, fullmatch=True, alphabet=alphabet))
        def collect(text: str) -> None:
            found.append(text)

        found.clear()
        try:
            collect()
        except (Unsatisfiable, InvalidArgument, re.error):
            continue
        break
    return tuple(dict.fromkeys(found))


def _without_properties(pattern: str) -> str:
    return re.sub(r"\\p\{(\w+)\}", lambda found: PROPERTIES.get(found[1], found[0]), pattern)
