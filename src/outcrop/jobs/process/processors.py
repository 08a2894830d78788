"""Which processors a run takes: those that no other run has, as long as there are any."""

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from outcrop.jobs.process.claims import Claim, claim


@dataclass(slots=True)
class Processors:
    """The processors of one run."""

    numbers: Sequence[int]
    claims: Sequence[Claim] = field(repr=False)
    """Open as long as the run takes them."""

    @classmethod
    def take(cls, count: int | None) -> "Processors | None":
        """Choose some; `None` if there is no choice: all that this process may use."""
        allowed = sorted(os.sched_getaffinity(0))
        if count is None or count >= len(allowed):
            return None
        claims: dict[int, Claim] = {}
        for number in allowed:
            if len(claims) < count and (held := claim(f"processor/{number}")) is not None:
                claims[number] = held
        others = [number for number in allowed if number not in claims]
        shared = random.sample(others, count - len(claims))
        return cls([*claims, *shared], list(claims.values()))
