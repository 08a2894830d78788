"""Which fleets answer under which name, and to which part."""

import random
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from outcrop.jobs.serving.interface import Answerer


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of the questions, and who answers it."""

    name: str
    fleets: Mapping[str, Answerer]
    """By the names of the steps that an answer takes, in their order; most often one."""
    weight: float
    """In relation to the others'; 0: only who names it is answered by it."""
    notes: deque[Any] = field(default_factory=deque[Any], compare=False, repr=False)
    """Whatever those who ask by it have to tell of its answers, and have not told yet."""

    @property
    def size(self) -> int:
        """How many replicas answer, at each step."""
        return min(fleet.size for fleet in self.fleets.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Who answers under one name."""

    shares: Sequence[Share]
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """For those who ask by it."""

    def share(self, name: str) -> Share | None:
        """Return the share of a name; of several, one by chance and weight."""
        return _chosen([one for one in self.shares if one.name == name])

    def choose(self) -> Share | None:
        """Return a share by chance and weight; `None` if all weigh nothing."""
        if len(self.shares) > 1 and not any(one.weight for one in self.shares):
            return None
        return _chosen(self.shares)


def _chosen(shares: Sequence[Share]) -> Share | None:
    if len(shares) < 2:
        return shares[0] if shares else None
    weights = [one.weight for one in shares]
    if not any(weights):
        return shares[0]
    return random.choices(shares, weights)[0]  # noqa: S311 - no secret
