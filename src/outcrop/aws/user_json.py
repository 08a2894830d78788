"""JSON that callers wrote: read with a bound on how deep it is nested.

Whoever walks a value that somebody else has written, such as a template or a schema, goes one call
deeper with each of its levels, so a deep one would end Python's stack far from where it was read.
"""

import json
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any, cast

MOST_LEVELS = 200
"""Our own bound: AWS says of none, and no client is known to come near it."""
LONG = 1 << 16
"""In texts of so many characters, to look for the next bracket is faster than to count them."""


def read_json(text: str | bytes, *, parse_constant: Callable[[str], Any] | None = None) -> Any:
    """Return the value of a text.

    Args:
        text: Of UTF-8, if it is bytes.
        parse_constant: Called with `NaN`, `Infinity` and `-Infinity`.

    Raises:
        ValueError: It is no JSON, or nested too deeply.
    """
    try:
        value = json.loads(text, parse_constant=parse_constant)
    except RecursionError:
        raise _too_deep() from None
    check_levels(value, text)
    return value


def check_levels(value: Any, text: str | bytes) -> None:
    """Refuse a value that is nested too deeply.

    Args:
        value: As read from the text.
        text: Of few brackets needs no second look.

    Raises:
        ValueError: It has more than `MOST_LEVELS` levels.
    """
    brackets: Any = ("[", "{") if isinstance(text, str) else (b"[", b"{")
    if all(_is_rare(bracket, text) for bracket in brackets):
        return
    level = _containers([value])
    for _ in range(MOST_LEVELS):
        level = _containers(chain.from_iterable(map(_items, level)))
        if not level:
            return
    raise _too_deep()


def _is_rare(bracket: Any, text: Any) -> bool:
    """Tell whether a text has at most half of `MOST_LEVELS` of a bracket."""
    if len(text) < LONG:
        return text.count(bracket) <= MOST_LEVELS // 2
    at = -1
    for _ in range(MOST_LEVELS // 2 + 1):
        at = text.find(bracket, at + 1)
        if at < 0:
            return True
    return False


def _containers(values: Iterable[Any]) -> list[Any]:
    return [value for value in values if isinstance(value, dict | list)]


def _items(container: Any) -> Iterable[Any]:
    if isinstance(container, dict):
        return cast("dict[str, Any]", container).values()
    return container


def _too_deep() -> ValueError:
    return ValueError(f"JSON of more than {MOST_LEVELS} levels")
