"""Names with wildcards, and the policy variables that stand for a request's context.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

VARIABLE = re.compile(r"\$\{([^}]*)\}")
LITERALS = {"*": "*", "?": "?", "$": "$"}
"""`${*}` is an asterisk and no wildcard."""
ANY_TEXT, ANY_CHARACTER = "**", "??"
"""Stand for wildcards; no single character is like them."""
Context = Mapping[str, Sequence[str]]
"""Context key, in lower case → values."""
Conditions = Mapping[str, Mapping[str, Sequence[str]]]
"""Operator → context key → values."""


def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Tell whether a text is what a pattern with `*` and `?` describes.

    The work grows with the product of the lengths, whatever the pattern.
    """
    if ignore_case:
        pattern, text = pattern.lower(), text.lower()
    parts = _parts(pattern)
    at = part = 0
    star, resume = -1, 0
    while at < len(text):
        if part < len(parts) and parts[part] == ANY_TEXT:
            star, resume = part, at
            part += 1
        elif part < len(parts) and parts[part] in {ANY_CHARACTER, text[at]}:
            at, part = at + 1, part + 1
        elif star >= 0:
            # Let the last asterisk take one character more, and try again behind it.
            resume += 1
            at, part = resume, star + 1
        else:
            return False
    return all(rest == ANY_TEXT for rest in parts[part:])


def resolved(pattern: str, context: Context, *, missing: Callable[[str], None]) -> str | None:
    """Return a pattern with its variables replaced by values that match only as they stand.

    Args:
        pattern: Text with `${aws:username}`, or `${aws:username, 'default'}`.
        context: What the request tells.
        missing: Told the name of a variable that the context lacks.

    Returns:
        `None` if a variable without a default is missing: then nothing matches.
    """
    parts: list[str] = []
    at = 0
    for variable in VARIABLE.finditer(pattern):
        name, _, default = (part.strip() for part in variable[1].partition(","))
        values = context.get(name.lower(), [])
        value = LITERALS.get(name) or (values[0] if len(values) == 1 else default.strip("'"))
        if not value:
            missing(name)
            return None
        parts += [pattern[at : variable.start()], _escaped(value)]
        at = variable.end()
    return "".join((*parts, pattern[at:]))


def variables_in(pattern: str) -> list[str]:
    """Return the names of a pattern's variables."""
    names = (variable.partition(",")[0].strip() for variable in VARIABLE.findall(pattern))
    return [name for name in names if name not in LITERALS]


_ESCAPE = "\x00"
"""Stands before a character that is no wildcard."""


def _escaped(value: str) -> str:
    return re.sub(r"([*?])", rf"{_ESCAPE}\1", value)


def literal(pattern: str) -> str:
    """Return a resolved pattern as plain text, for operators that know no wildcards."""
    return pattern.replace(_ESCAPE, "")


@lru_cache(maxsize=4096)
def _parts(pattern: str) -> Sequence[str]:
    """Return a pattern's characters, its wildcards as `ANY_TEXT` and `ANY_CHARACTER`."""
    parts: list[str] = []
    characters = iter(pattern)
    for character in characters:
        if character == _ESCAPE:
            parts.append(next(characters, ""))
        else:
            wildcard = {"*": ANY_TEXT, "?": ANY_CHARACTER}.get(character, character)
            if wildcard != ANY_TEXT or not parts or parts[-1] != ANY_TEXT:
                parts.append(wildcard)
    return parts
