"""The traffic of a load test: how many users ask at a time, and for how long.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TrafficPattern.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

OWN_STEP_SECONDS, OWN_STEPS = 5, 8
"""Of a job that names no traffic: one user more after each step."""
LOOK_SECONDS = 5.0
"""A longer time with the same users is measured in parts of this length."""
SHORTEST_SECONDS = 1.0
"""What is left of a phase and is shorter belongs to the part before."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time with the same number of users."""

    users: int
    seconds: float


def stretches(pattern: Mapping[str, Any]) -> Iterator[Stretch]:
    """Give the traffic of a pattern, stretch by stretch; of an empty one, the job's own."""
    if pattern.get("TrafficType") == "STAIRS" or (
        not pattern.get("Phases") and "Stairs" in pattern
    ):
        stairs: Mapping[str, int] = pattern["Stairs"]
        for number in range(1, stairs["NumberOfSteps"] + 1):
            yield from _parts(number * stairs["UsersPerStep"], stairs["DurationInSeconds"])
    elif pattern.get("Phases"):
        for phase in pattern["Phases"]:
            yield from _phase(phase)
    else:
        for users in range(1, OWN_STEPS + 1):
            yield Stretch(users, OWN_STEP_SECONDS)


def _phase(phase: Mapping[str, int]) -> Iterator[Stretch]:
    """Give a phase, in which users join in equal intervals."""
    users, left = phase["InitialNumberOfUsers"], float(phase["DurationInSeconds"])
    rate = phase.get("SpawnRate", 0)
    interval = 60.0 / rate if rate else left
    while left > 0:
        seconds = min(interval, left)
        yield from _parts(users, seconds)
        left -= seconds
        users += 1


def _parts(users: int, seconds: float) -> Iterator[Stretch]:
    left = seconds
    while left > LOOK_SECONDS + SHORTEST_SECONDS:
        yield Stretch(users, LOOK_SECONDS)
        left -= LOOK_SECONDS
    yield Stretch(users, left)
