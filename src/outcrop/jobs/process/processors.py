"""Which processors a run takes: those that no other run has, as long as there are any.

A keeper holds a claim on each of them, which the kernel gives back when it ends: the name of an
abstract socket, which nobody else can take on this machine. Source: unix(7).
"""

import contextlib
import os
import random
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Processors:
    """The processors of one run."""

    numbers: Sequence[int]
    claims: Sequence[socket.socket] = field(repr=False)
    """Open as long as the run takes them."""

    @classmethod
    def take(cls, count: int | None) -> "Processors | None":
        """Choose some; `None` if there is no choice: all that this process may use."""
        allowed = sorted(os.sched_getaffinity(0))
        if count is None or count >= len(allowed):
            return None
        claims: dict[int, socket.socket] = {}
        for number in allowed:
            if len(claims) < count and (claim := _claim(number)) is not None:
                claims[number] = claim
        others = [number for number in allowed if number not in claims]
        shared = random.sample(others, count - len(claims))
        return cls([*claims, *shared], list(claims.values()))


def _claim(number: int) -> socket.socket | None:
    claim = socket.socket(socket.AF_UNIX)
    with contextlib.suppress(OSError):  # Somebody has it.
        claim.bind(f"\0outcrop/processor/{number}")
        return claim
    claim.close()
    return None
