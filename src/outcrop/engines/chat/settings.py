"""What can be set of chat."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSettings:
    """Which models speak."""

    model: str = "auto"
    """The weights that answer where no route says otherwise; `auto`: the best that lie here."""
