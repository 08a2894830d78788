"""Ranges of numbers as mathematicians write them: `(0, 1]`."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """What lies between two numbers."""

    notation: str
    """Square brackets take the bound in; `inf` is no bound."""

    def __contains__(self, value: float) -> bool:
        """Tell whether a number lies in it."""
        low, high = (float(bound) for bound in self.notation[1:-1].split(","))
        above = value > low or (value == low and self.notation[0] == "[")
        below = value < high or (value == high and self.notation[-1] == "]")
        return above and below and not math.isnan(value)

    def __str__(self) -> str:
        return self.notation
