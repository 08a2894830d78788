"""Patterns in square brackets, for fields between spaces: `[ip, user, ..., status = 4*, bytes]`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from outcrop.services.logs.filter_pattern.conditions import Condition, read_condition
from outcrop.services.logs.filter_pattern.interface import InvalidPatternError
from outcrop.services.logs.filter_pattern.scanner import Scanner

NAME = re.compile(r"[A-Za-z_][\w-]*")
NAME_ALONE = re.compile(rf"({NAME.pattern})?\s*(?=[,\]])")
FIELD = re.compile(r'\[([^\]]*)\]|"((?:[^"\\]|\\.)*)"|(\S+)')
ELLIPSIS = "..."


@dataclass(frozen=True, slots=True)
class SpaceDelimitedPattern:
    """See `FilterPattern`; text in brackets or quotes is one field."""

    names: tuple[str, ...]
    """Of the fields in order; empty where a field has none; `...` for any number of them."""
    conditions: tuple[Condition, ...]

    @classmethod
    def parse(cls, text: str) -> "SpaceDelimitedPattern":
        """Return the pattern of a text.

        Raises:
            InvalidPatternError: The text breaks the grammar.
        """
        scanner = Scanner(text)
        scanner.expect("[")
        names: list[str] = []
        conditions: list[Condition] = []
        while True:
            name, condition = _read_field(scanner)
            names.append(name)
            conditions += [condition] if condition else []
            if not scanner.take(","):
                break
        scanner.expect("]")
        if not scanner.at_end():
            raise scanner.error()
        if names.count(ELLIPSIS) > 1:
            raise InvalidPatternError("Invalid filter pattern: only one ellipsis is allowed")
        return cls(tuple(names), tuple(conditions))

    def match(self, message: str) -> Mapping[str, str] | None:
        """See `FilterPattern.match`."""
        fields = [
            next(text for text in found if text) if any(found) else ""
            for found in FIELD.findall(message)
        ]
        names = self._names_for(len(fields))
        if names is None:
            return None
        values = {
            name or str(number): text
            for number, (name, text) in enumerate(zip(names, fields, strict=True), start=1)
        }

        def lookup(name: str) -> Sequence[str]:
            return [values[name]] if name in values else []

        if not all(condition(lookup) for condition in self.conditions):
            return None
        return {f"${name}": text for name, text in values.items()}

    def _names_for(self, count: int) -> Sequence[str] | None:
        """Return one name per field, the ellipsis stretched; `None` if the number does not fit."""
        if ELLIPSIS not in self.names:
            return self.names if len(self.names) == count else None
        at = self.names.index(ELLIPSIS)
        missing = count - (len(self.names) - 1)
        if missing < 0:
            return None
        return (*self.names[:at], *([""] * missing), *self.names[at + 1 :])


def _read_field(scanner: Scanner) -> tuple[str, Condition | None]:
    """Return a field's name and the condition on it, either of which it may lack."""
    if scanner.take(ELLIPSIS):
        return ELLIPSIS, None
    if (alone := scanner.read(NAME_ALONE)) is not None:
        return alone[1] or "", None
    names: list[str] = []

    def read_name(scanner: Scanner) -> str:
        found = scanner.read(NAME)
        if found is None:
            raise scanner.error()
        names.append(found[0])
        return found[0]

    condition = read_condition(scanner, read_name)
    return names[0], condition
