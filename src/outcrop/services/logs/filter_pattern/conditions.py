"""Conditions on values, joined by `&&`, `||` and parentheses."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from outcrop.services.logs.filter_pattern.scanner import Scanner
from outcrop.services.logs.patterns import Expression

Lookup = Callable[[Any], Sequence[Any]]
"""Gives the values that a name stands for in a message: none, one, or with `[*]` many."""
Condition = Callable[[Lookup], bool]
ReadName = Callable[[Scanner], Any]

OPERATOR = re.compile(r"!=|<=|>=|=|<|>")
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?=[\s)\]},&|]|$)")
BARE_VALUE = re.compile(r"[\w.*:/+#@-]+")
STATES: dict[str, Callable[[Sequence[Any]], bool]] = {
    r"IS\s+NULL\b": lambda values: any(value is None for value in values),
    r"IS\s+TRUE\b": lambda values: any(value is True for value in values),
    r"IS\s+FALSE\b": lambda values: any(value is False for value in values),
    r"NOT\s+EXISTS\b": lambda values: not values,
    r"EXISTS\b": bool,
}
COMPARE: dict[str, Callable[[float, float], bool]] = {
    "=": lambda value, bound: value == bound,
    "!=": lambda value, bound: value != bound,
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
}


@dataclass(frozen=True, slots=True)
class Operand:
    """What a value is compared with."""

    text: re.Pattern[str] | None = None
    """Matches the equal texts whole."""
    number: float | None = None
    expression: Expression | None = None
    """Occurs in the equal texts, where the pattern has a regular expression."""

    def equals(self, value: Any) -> bool:
        """Tell whether a value, which is no list and no object, is this one."""
        if self.number is not None and (given := as_number(value)) is not None:
            return given == self.number
        text = as_text(value)
        if self.expression is not None:
            return self.expression.occurs_in(text)
        return self.text is not None and self.text.fullmatch(text) is not None


def read_condition(scanner: Scanner, read_name: ReadName) -> Condition:
    """Return the condition that comes next; `&&` binds closer than `||`.

    Raises:
        InvalidPatternError: None comes next.
    """
    sides = [_read_all_of(scanner, read_name)]
    while scanner.take("||"):
        sides.append(_read_all_of(scanner, read_name))
    return sides[0] if len(sides) == 1 else lambda lookup: any(side(lookup) for side in sides)


def _read_all_of(scanner: Scanner, read_name: ReadName) -> Condition:
    sides = [_read_single(scanner, read_name)]
    while scanner.take("&&"):
        sides.append(_read_single(scanner, read_name))
    return sides[0] if len(sides) == 1 else lambda lookup: all(side(lookup) for side in sides)


def _read_single(scanner: Scanner, read_name: ReadName) -> Condition:
    if scanner.take("("):
        inner = read_condition(scanner, read_name)
        scanner.expect(")")
        return inner
    name = read_name(scanner)
    for words, holds in STATES.items():
        if scanner.read(re.compile(words)):
            return lambda lookup, holds=holds: holds(lookup(name))
    operator = scanner.read(OPERATOR)
    if operator is None:
        raise scanner.error()
    operand = _read_operand(scanner)
    return lambda lookup: any(_holds(value, operator[0], operand) for value in lookup(name))


def _read_operand(scanner: Scanner) -> Operand:
    if (regex := scanner.read_regex()) is not None:
        return Operand(expression=regex)
    if (quoted := scanner.read_quoted()) is not None:
        return Operand(_wildcard(quoted))
    if (number := scanner.read(NUMBER)) is not None:
        return Operand(_wildcard(number[0]), float(number[0]))
    if (bare := scanner.read(BARE_VALUE)) is not None:
        return Operand(_wildcard(bare[0]))
    raise scanner.error()


def _wildcard(text: str) -> re.Pattern[str]:
    """Return what matches a text whose first or last asterisk stands for anything."""
    core = text.removeprefix("*")
    middle = core.removesuffix("*")
    start = ".*" if core != text else ""
    end = ".*" if middle != core else ""
    return re.compile(f"{start}{re.escape(middle)}{end}", re.DOTALL)


def _holds(value: Any, operator: str, operand: Operand) -> bool:
    if isinstance(value, dict | list):
        return False  # the log's form does not fit the pattern: neither equal nor unequal
    if operator == "=":
        return operand.equals(value)
    if operator == "!=":
        return not operand.equals(value)
    given = as_number(value)
    if given is None or operand.number is None:
        return False
    return COMPARE[operator](given, operand.number)


def as_number(value: Any) -> float | None:
    """Return a value as a number if it is or reads as one."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def as_text(value: Any) -> str:
    """Return a JSON value as JSON writes it, strings without their quotes."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
