"""Patterns of terms: all must occur, `?` asks for any of them, `-` for none."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from outcrop.services.logs.filter_pattern.scanner import Scanner
from outcrop.services.logs.patterns import Expression

BARE_TERM = re.compile(r"[\w./-]+")


@dataclass(frozen=True, slots=True)
class Term:
    """A piece of text, or a regular expression, that may occur in a message."""

    sought: str | Expression

    def occurs_in(self, message: str) -> bool:
        """Tell whether it does; case counts."""
        if isinstance(self.sought, str):
            return self.sought in message
        return self.sought.occurs_in(message)


@dataclass(frozen=True, slots=True)
class TermPattern:
    """See `FilterPattern`; without terms it matches everything."""

    required: tuple[Term, ...] = ()
    excluded: tuple[Term, ...] = ()
    alternatives: tuple[Term, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "TermPattern":
        """Return the pattern of a text.

        Raises:
            InvalidPatternError: A term with special characters stands without quotes.
        """
        scanner = Scanner(text)
        found: dict[str, list[Term]] = {"": [], "-": [], "?": []}
        while not scanner.at_end():
            kind = next((sign for sign in ("-", "?") if scanner.take(sign)), "")
            found[kind].append(_term(scanner))
        # AWS passes over the alternatives of a pattern that has other terms too.
        alternatives = [] if found[""] or found["-"] else found["?"]
        return cls(tuple(found[""]), tuple(found["-"]), tuple(alternatives))

    def match(self, message: str) -> Mapping[str, str] | None:
        """See `FilterPattern.match`."""
        if not all(term.occurs_in(message) for term in self.required):
            return None
        if any(term.occurs_in(message) for term in self.excluded):
            return None
        if self.alternatives and not any(term.occurs_in(message) for term in self.alternatives):
            return None
        return {}


def _term(scanner: Scanner) -> Term:
    if (quoted := scanner.read_quoted()) is not None:
        return Term(quoted)
    if (regex := scanner.read_regex()) is not None:
        return Term(regex)
    if (bare := scanner.read(BARE_TERM)) is not None:
        return Term(bare[0])
    raise scanner.error()
