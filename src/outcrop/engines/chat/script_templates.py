"""Texts of a script that name what a pattern found: `{city}`, `{1}`, `{0}`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast


def check_templates(pattern: str, templates: Any) -> None:
    """Make sure that all texts within a value can be filled.

    Raises:
        ValueError: The pattern is none, or a text names a group that it lacks.
    """
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}.") from error
    groups = [""] * (compiled.groups + 1)
    names = dict.fromkeys(compiled.groupindex, "")
    for template in _texts(templates):
        try:
            template.format(*groups, **names)
        except (IndexError, KeyError) as error:
            raise ValueError(f"{template!r} names a group that {pattern!r} lacks.") from error
        except ValueError as error:
            raise ValueError(f"{template!r} is no template: {error}.") from error


def filled(template: Any, match: re.Match[str]) -> Any:
    """Return a value with the groups in all of its texts."""
    if isinstance(template, str):
        groups = [match.group(0), *(group or "" for group in match.groups())]
        return template.format(*groups, **match.groupdict(""))
    if isinstance(template, Mapping):
        entries = cast("Mapping[str, Any]", template)
        return {key: filled(value, match) for key, value in entries.items()}
    if isinstance(template, Sequence):
        return [filled(value, match) for value in cast("Sequence[Any]", template)]
    return template


def _texts(template: Any) -> Iterator[str]:
    if isinstance(template, str):
        yield template
    elif isinstance(template, Mapping):
        for value in cast("Mapping[str, Any]", template).values():
            yield from _texts(value)
    elif isinstance(template, Sequence):
        for value in cast("Sequence[Any]", template):
            yield from _texts(value)
