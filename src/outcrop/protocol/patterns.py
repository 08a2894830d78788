"""Regular expressions of the service models, which are Java's, made to work in Python.

Source: https://docs.oracle.com/javase/8/docs/api/java/util/regex/Pattern.html
"""

import re
from collections.abc import Callable
from functools import cache

import regex

TIME_LIMIT_SECONDS = 0.5
"""A value on which a pattern runs longer counts as not matching."""

LONGEST_MATCHED = 100_000
"""In characters; longer values are not held against patterns, whose time may grow with a power."""

SHORT = 16
"""In characters; no pattern runs long on so few, and a clock costs two microseconds."""

# Java means ASCII where Python means Unicode. Each class ends in a range, so that a hyphen after
# it stays a hyphen.
_ASCII_CLASSES = {
    "w": "_a-zA-Z0-9",
    "d": "0-9",
    "s": r" \t\n\r\x0b-\x0c",
    "Alpha": "a-zA-Z",
    "Alnum": "a-zA-Z0-9",
    "Upper": "A-Z",
    "Lower": "a-z",
    "Digit": "0-9",
    "XDigit": "a-fA-F0-9",
    "Punct": r"!-/:-@\[-`{-~",
    "Graph": "!-~",
    "Print": " -~",
    "Blank": r"\t\x20-\x20",
    "Space": r" \t\n\r\x0b-\x0c",
    "Cntrl": r"\x7f\x00-\x1f",
    "ASCII": r"\x00-\x7f",
    "all": r"\x00-\U0010ffff",
    "LD": r"\p{L}0-9",
}

_TOKEN = re.compile(
    r"\\u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|\\x\{(?P<code>[0-9a-fA-F]+)\}"
    r"|\\p\{(?P<property>\w+)\}"
    r"|\\(?P<ascii>[wds])"
    r"|\\(?P<negated>[WDS])"
    r"|\\Q(?P<quoted>.*?)\\E"
    r"|\(\?<(?P<group>\w+)>"
    r"|(?P<other>\\.|.)",
    re.DOTALL,
)


@cache
def matcher(pattern: str) -> Callable[[str], bool] | None:
    """Return what tells whether a pattern matches a whole text, `None` if Python cannot tell."""
    try:
        # Version 1 knows intersections of classes, and reads `--` and `||` in them otherwise.
        compiled = regex.compile(in_python(pattern), regex.V1 if "&&" in pattern else regex.V0)
    except regex.error:
        return None

    def matches(text: str) -> bool:
        if len(text) <= SHORT:
            return compiled.fullmatch(text) is not None
        if len(text) > LONGEST_MATCHED:
            return True
        try:
            return compiled.fullmatch(text, timeout=TIME_LIMIT_SECONDS) is not None
        except TimeoutError:
            return False

    return matches


def in_python(pattern: str) -> str:
    """Return a Java pattern as the `regex` library reads it."""
    pieces: list[str] = []
    in_class = False
    for token in _TOKEN.finditer(pattern):
        text = token["other"]
        if text is None:
            pieces.append(_translated(token, in_class=in_class))
            continue
        if text == "[" and not in_class:
            in_class = True
        elif text == "]" and in_class and pieces[-1] not in ("[", "^"):
            in_class = False
        pieces.append(text)
    return "".join(pieces)


def _translated(token: re.Match[str], *, in_class: bool) -> str:
    kind, text = next((kind, text) for kind, text in token.groupdict().items() if text is not None)
    if kind in _REWRITES:
        return _REWRITES[kind](token)
    if kind == "negated" and not in_class:
        return f"[^{_ASCII_CLASSES[text.lower()]}]"
    ascii_class = None if kind == "negated" else _ASCII_CLASSES.get(text)
    if ascii_class is None:
        return token[0]
    return ascii_class if in_class else f"[{ascii_class}]"


def _joined_surrogates(token: re.Match[str]) -> str:
    high, low = int(token["high"], 16) & 0x3FF, int(token["low"], 16) & 0x3FF
    return f"\\U{0x10000 + (high << 10 | low):08x}"


_REWRITES: dict[str, Callable[[re.Match[str]], str]] = {
    "high": _joined_surrogates,
    "code": lambda token: f"\\U{int(token['code'], 16):08x}",
    "quoted": lambda token: re.escape(token["quoted"]),
    "group": lambda token: f"(?P<{token['group']}>",
}
