"""The turns of a call: what one participant says until the other does, or until a long pause."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from outcrop.services.transcribe.items import Item, text_of

LONGEST_PAUSE_SECONDS = 1.0
"""Inside a turn that the other participant speaks during."""
NON_TALK_SECONDS = 3.0
"""A silence that is so long ends a turn, and is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one participant says at once."""

    role: str
    """`AGENT` or `CUSTOMER`."""
    items: Sequence[Item]
    sentiment: str = ""
    """`POSITIVE`, …; empty: nothing here judges the language."""
    levels: Sequence[float] = ()
    """How loud each second is, in decibels below the loudest that there can be."""

    @property
    def begin(self) -> float:
        """Seconds from the beginning of the file."""
        return self.items[0].start

    @property
    def end(self) -> float:
        """Seconds from the beginning of the file."""
        return self.items[-1].end

    @property
    def text(self) -> str:
        """What is said."""
        return text_of(self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A time in a call, in seconds from its beginning."""

    begin: float
    end: float

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.end - self.begin


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What was heard of a call."""

    turns: Sequence[Turn]
    """By their beginnings."""
    speech: Mapping[str, Sequence[Span]]
    """When each participant speaks, by their roles."""
    seconds: float
    """Of the whole recording."""


def turns_of(items: Mapping[str, Sequence[Item]]) -> list[Turn]:
    """Return the turns of what the participants say, by their roles."""
    pieces = [Turn(role=role, items=piece) for role, own in items.items() for piece in _pieces(own)]
    turns: list[Turn] = []
    for piece in sorted(pieces, key=lambda one: one.begin):
        before = turns[-1] if turns else None
        if (
            before is not None
            and before.role == piece.role
            and piece.begin - before.end < NON_TALK_SECONDS
        ):
            turns[-1] = Turn(role=piece.role, items=[*before.items, *piece.items])
        else:
            turns.append(piece)
    return turns


def _pieces(items: Sequence[Item]) -> list[list[Item]]:
    """Return what one participant says by its pauses."""
    pieces: list[list[Item]] = []
    for item in items:
        if pieces and item.start - pieces[-1][-1].end <= LONGEST_PAUSE_SECONDS:
            pieces[-1].append(item)
        else:
            pieces.append([item])
    return pieces
