"""What every filter pattern promises."""

from collections.abc import Mapping
from typing import Protocol


class InvalidPatternError(Exception):
    """A filter pattern breaks the grammar; the text is AWS's own where it is known."""


class FilterPattern(Protocol):
    """Chooses events by their messages."""

    def match(self, message: str) -> Mapping[str, str] | None:
        """Return the values that the pattern takes from a message; `None` if it does not match."""
        ...
