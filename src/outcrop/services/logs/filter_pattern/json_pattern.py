"""Patterns in braces, for events that are JSON objects: `{ $.latency >= 500 && $.user = "a*" }`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from outcrop.aws.user_json import read_json
from outcrop.services.logs.filter_pattern.conditions import Condition, as_text, read_condition
from outcrop.services.logs.filter_pattern.interface import InvalidPatternError
from outcrop.services.logs.filter_pattern.scanner import Scanner

STEP = re.compile(r"\.?\[(?:(\d+)|(\*)|'([^']*)'|\"([^\"]*)\")\]|\.([\w-]+)")
EACH = object()
"""The step `[*]`: all elements of a list."""
Step = str | int | object


@dataclass(frozen=True, slots=True)
class Selector:
    """A path from the root of a JSON event to a value."""

    text: str
    steps: tuple[Step, ...]

    def values_in(self, event: Any) -> Sequence[Any]:
        """Return the values at the path's end; none where the path leads nowhere."""
        found: list[Any] = [event]
        for step in self.steps:
            found = [value for each in found for value in _stepped(each, step)]
        return found


@dataclass(frozen=True, slots=True)
class JsonPattern:
    """See `FilterPattern`; an event that is no JSON never matches."""

    condition: Condition
    selectors: tuple[Selector, ...]

    @classmethod
    def parse(cls, text: str) -> "JsonPattern":
        """Return the pattern of a text.

        Raises:
            InvalidPatternError: The text breaks the grammar.
        """
        scanner = Scanner(text)
        selectors: list[Selector] = []

        def read_selector(scanner: Scanner) -> Selector:
            selectors.append(_read_selector(scanner))
            return selectors[-1]

        scanner.expect("{")
        condition = read_condition(scanner, read_selector)
        scanner.expect("}")
        if not scanner.at_end():
            raise scanner.error()
        return cls(condition, tuple(selectors))

    def match(self, message: str) -> Mapping[str, str] | None:
        """See `FilterPattern.match`."""
        event = _as_json(message)
        if event is None or not self.condition(lambda selector: selector.values_in(event)):
            return None
        return {
            selector.text: as_text(value)
            for selector in self.selectors
            for value in selector.values_in(event)[:1]
            if not isinstance(value, dict | list)
        }


def selected(message: str, selector: str) -> str | None:
    """Return the value at a selector such as `$.latency` in a JSON event, or `None`.

    Raises:
        InvalidPatternError: The selector is none.
    """
    scanner = Scanner(selector)
    path = _read_selector(scanner)
    if not scanner.at_end():
        raise scanner.error()
    event = _as_json(message)
    value = next(iter(path.values_in(event)), None)
    return None if value is None or isinstance(value, dict | list) else as_text(value)


def _read_selector(scanner: Scanner) -> Selector:
    scanner.expect("$")
    text = "$"
    steps: list[Step] = []
    while (found := scanner.read(STEP)) is not None:
        number, star, single, double, name = found.groups()
        text += found[0]
        if number is not None:
            steps.append(int(number))
        else:
            steps.append(EACH if star else next(x for x in (single, double, name) if x is not None))
    if not steps:
        raise InvalidPatternError("Invalid filter pattern: a selector needs a property")
    return Selector(text, tuple(steps))


def _stepped(value: Any, step: Step) -> list[Any]:
    match value, step:
        case dict(), str():
            members = cast("dict[str, Any]", value)
            return [members[step]] if step in members else []
        case list(), int():
            elements = cast("list[Any]", value)
            return elements[step : step + 1]
        case list(), _ if step is EACH:
            return cast("list[Any]", value)
        case _:
            return []


def _as_json(message: str) -> Any:
    if not message.lstrip().startswith(("{", "[")):
        return None
    try:
        return read_json(message)
    except ValueError:
        return None
