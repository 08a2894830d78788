"""Which training jobs are not worth going on with: the median rule, and Hyperband's halving.

A series is what a job has told of its objective so far, one value an epoch, the higher the better.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-early-stopping.html
https://arxiv.org/abs/1603.06560 (Hyperband), https://arxiv.org/abs/1810.05934 (asynchronous)
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

Series: TypeAlias = Sequence[float]
HALVING = 3
"""One of so many goes on at each rung: the paper's own choice."""


def is_below_median(series: Series, earlier: Sequence[Series]) -> bool:
    """Tell whether a job's value is worse than the median of running averages up to its epoch.

    Args:
        series: Of the job in question; its newest epoch counts that an earlier job has reached.
        earlier: Of the jobs that were launched before it.
    """
    epoch = min(len(series), max(map(len, earlier), default=0))
    if not epoch:
        return False
    averages = [statistics.fmean(one[:epoch]) for one in earlier if len(one) >= epoch]
    return series[epoch - 1] < statistics.median(averages)


@dataclass(frozen=True, slots=True)
class Hyperband:
    """Brackets of jobs, each with rungs at which the worse ones stop.

    A job is looked at when it reaches a rung, without waiting for the others.
    """

    min_resource: int
    max_resource: int

    def bracket(self, number: int) -> int:
        """Return the bracket of a tuning job's n-th training job, from 1; 0 halves the earliest."""
        sizes = self._sizes()
        place = (number - 1) % sum(sizes)
        for bracket, size in enumerate(sizes):
            if place < size:
                return bracket
            place -= size
        raise AssertionError(number)

    def is_over(self, series: Series) -> bool:
        """Tell whether a job has had all that a job gets."""
        return len(series) >= self.max_resource

    def is_halved(self, series: Series, others: Sequence[Series], *, bracket: int) -> bool:
        """Tell whether a job is among those that stop at the last rung that it has reached.

        Args:
            series: Of the job in question.
            others: Of the other jobs of its bracket.
            bracket: Which one.
        """
        reached = [rung for rung in self._rungs(bracket) if rung <= len(series)]
        if not reached:
            return False
        rung = reached[-1]
        values = [one[rung - 1] for one in (*others, series) if len(one) >= rung]
        go_on = len(values) // HALVING
        return go_on > 0 and series[rung - 1] < sorted(values, reverse=True)[go_on - 1]

    def _rungs(self, bracket: int) -> list[int]:
        rungs: list[int] = []
        rung = self.min_resource * HALVING**bracket
        while rung < self.max_resource:
            rungs.append(rung)
            rung *= HALVING
        return rungs

    def _sizes(self) -> list[int]:
        """Return how many jobs of a round each bracket has, those that halve early first."""
        most = 0
        while self.min_resource * HALVING ** (most + 1) <= self.max_resource:
            most += 1
        return [
            math.ceil((most + 1) / (most - bracket + 1) * HALVING ** (most - bracket))
            for bracket in range(most + 1)
        ]
