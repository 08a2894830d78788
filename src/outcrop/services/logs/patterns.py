"""Regular expressions of callers, which may be as slow as they are clever.

A search that takes too long is given up, so that nobody's expression stops the server.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import regex

SEARCH_SECONDS = 0.1
"""For one message; a sane expression needs a millionth of it."""


class InvalidExpressionError(ValueError):
    """A text is no regular expression."""


class SlowExpressionError(Exception):
    """An expression takes too long for a message."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled regular expression."""

    text: str
    _compiled: Any

    @classmethod
    def compile(
        cls, text: str, *, ignore_case: bool = False, any_character: bool = False
    ) -> "Expression":
        """Return the expression of a text.

        Args:
            text: As Python writes it.
            ignore_case: Whether capitals do not count.
            any_character: Whether a dot stands for the end of a line too.

        Raises:
            InvalidExpressionError: It is none.
        """
        flags = (regex.IGNORECASE if ignore_case else 0) | (regex.DOTALL if any_character else 0)
        try:
            return cls(text, regex.compile(text, flags))
        except (regex.error, RecursionError) as error:
            raise InvalidExpressionError(str(error)) from error

    @property
    def group_count(self) -> int:
        """How many groups it has."""
        return self._compiled.groups

    @property
    def group_names(self) -> list[str]:
        """The names of its groups, in their order."""
        return list(self._compiled.groupindex)

    def occurs_in(self, message: str) -> bool:
        """Tell whether it matches anywhere.

        Raises:
            SlowExpressionError: That takes too long to tell.
        """
        return self._search(message) is not None

    def groups_in(self, message: str) -> tuple[list[str | None], Mapping[str, str | None]] | None:
        """Return the groups of its first match, by number and by name; `None` without one.

        Raises:
            SlowExpressionError: That takes too long to tell.
        """
        found = self._search(message)
        return None if found is None else (list(found.groups()), found.groupdict())

    def _search(self, message: str) -> Any:
        try:
            return self._compiled.search(message, timeout=SEARCH_SECONDS)
        except TimeoutError as error:
            raise SlowExpressionError(
                f"The regular expression {self.text!r} takes too long for a log event."
            ) from error
