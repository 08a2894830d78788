"""How a pull tells what it is doing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class PullProgress:
    """How far the pull of one entry has come."""

    name: str
    """The entry."""
    step: str
    """What is going on: `part 3 of 6 from pypi`."""
    done: int
    """Bytes of the entry's files that are there, in whatever state."""
    total: int
    """Bytes of all the entry's files."""


Report: TypeAlias = Callable[[PullProgress], None]

Step: TypeAlias = Callable[[str, int], None]
"""What a source calls: the step, and the bytes of its file that have arrived."""


def silent(_progress: PullProgress) -> None:
    """Report to nobody."""
