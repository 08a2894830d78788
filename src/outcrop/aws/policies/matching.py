"""Names with wildcards, and the policy variables that stand for a request's context.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

VARIABLE = re.compile(r"\$\{([^}]*)\}")
LITERALS = {"*": "*", "?": "?", "$": "$"}
"""`${*}` is an asterisk and no wildcard."""
Context = Mapping[str, Sequence[str]]
"""Context key, in lower case → values."""
Conditions = Mapping[str, Mapping[str, Sequence[str]]]
"""Operator → context key → values."""


def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Tell whether a text is what a pattern with `*` and `?` describes."""
    return _compiled(pattern, ignore_case).fullmatch(text) is not None


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
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    expression = ""
    characters = iter(pattern)
    for character in characters:
        if character == _ESCAPE:
            expression += re.escape(next(characters, ""))
        else:
            expression += {"*": ".*", "?": "."}.get(character) or re.escape(character)
    return re.compile(expression, re.DOTALL | (re.IGNORECASE if ignore_case else 0))
