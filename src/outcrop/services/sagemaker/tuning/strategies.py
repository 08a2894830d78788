"""What values the next training jobs try.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-how-it-works.html
"""

import hashlib
import itertools
import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outcrop.jobs.optimiser import Optimiser, Parameters
from outcrop.jobs.optimiser import Trial as Known
from outcrop.services.sagemaker.tuning.ranges import (
    CategoryRange,
    Range,
    Tuned,
    combinations,
    read_ranges,
)
from outcrop.services.sagemaker.tuning.trials import Trial

TRIES = 1000
"""For a combination that was not tried yet."""


@dataclass(frozen=True, slots=True)
class Parent:
    """A training job of a tuning job that this one starts from."""

    values: Tuned
    """Of all its hyperparameters."""
    goodness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """The search among the values of one definition."""

    strategy: str
    ranges: Sequence[Range]
    seed: str
    trials: Sequence[Trial] = ()
    parents: Sequence[Parent] = ()

    @classmethod
    def of(cls, tuning: Mapping[str, Any], definition: int, **known: Any) -> "Search":
        """Return a tuning job's search for one of its definitions."""
        return cls(
            strategy=tuning["config"]["Strategy"],
            ranges=read_ranges(tuning["definitions"][definition].get("HyperParameterRanges", {})),
            seed=f"{tuning['seed']}/{definition}",
            **known,
        )

    @property
    def size(self) -> int:
        """How many combinations a grid has."""
        return round(combinations(self.ranges))

    async def next(
        self, optimiser: Optimiser, places: Sequence[int], *, say: Callable[[str], None]
    ) -> Sequence[Tuned]:
        """Return what jobs try.

        Args:
            optimiser: Searches where chance does not.
            places: Which jobs of this definition they are, from 0.
            say: Takes what pip says if the optimiser is not installed yet.

        Raises:
            CannotInstallError: The optimiser cannot be had.
            OptimiserError: It does not answer.
        """
        if self.strategy == "Grid":
            grid = list(itertools.islice(self._grid(), max(places) + 1))
            return [grid[place] for place in places]
        tried = {_key(trial.tuned) for trial in self.trials}
        proposals: Sequence[Tuned | None] = [None] * len(places)
        if self.strategy == "Bayesian" and self.ranges:
            proposals = await self._proposed(optimiser, places, say)
        chosen: list[Tuned] = []
        for place, proposal in zip(places, proposals, strict=True):
            fresh = proposal is not None and _key(proposal) not in tried
            tuned = proposal if proposal is not None and fresh else self._random(place, tried)
            tried.add(_key(tuned))
            chosen.append(tuned)
        return chosen

    async def _proposed(
        self, optimiser: Optimiser, places: Sequence[int], say: Callable[[str], None]
    ) -> Sequence[Tuned]:
        proposals = await optimiser.propose(
            {one.name: _choices(one) for one in self.ranges},
            [*self._known_of_parents(), *map(self._known, self.trials)],
            count=len(places),
            seed=int.from_bytes(hashlib.sha256(f"{self.seed}/{places[0]}".encode()).digest()[:4]),
            say=say,
        )
        return [
            {one.name: _value(one, proposal[one.name]) for one in self.ranges}
            for proposal in proposals
        ]

    def _known(self, trial: Trial) -> Known:
        parameters = self._parameters(trial.tuned) or {}
        if trial.goodness is not None:
            return Known(parameters=parameters, state="complete", value=trial.goodness)
        return Known(parameters=parameters, state="failed" if trial.has_ended else "running")

    def _known_of_parents(self) -> Iterator[Known]:
        for parent in self.parents:
            parameters = self._parameters(parent.values)
            if parameters is not None:
                yield Known(parameters=parameters, state="complete", value=parent.goodness)

    def _parameters(self, values: Tuned) -> Parameters | None:
        """Return values as the optimiser has them; `None` if they are not all in the ranges."""
        found: dict[str, float | str] = {}
        for one in self.ranges:
            value = values.get(one.name)
            place = None if value is None else _place(one, value)
            if place is None:
                return None
            found[one.name] = place
        return found

    def _random(self, place: int, tried: Collection[str]) -> Tuned:
        """Return values by chance, which only the seed and the job's place decide on."""
        chance = random.Random(f"{self.seed}/{place}")  # noqa: S311 - it is to be repeatable
        tuned = self._by_chance(chance)
        for _ in range(TRIES):
            if _key(tuned) not in tried:
                break
            tuned = self._by_chance(chance)
        return tuned

    def _by_chance(self, chance: random.Random) -> Tuned:
        return {
            one.name: chance.choice(one.values)
            if isinstance(one, CategoryRange)
            else one.value(chance.random())
            for one in self.ranges
        }

    def _grid(self) -> Iterator[Tuned]:
        names = [one.name for one in self.ranges]
        values = [one.values for one in self.ranges if isinstance(one, CategoryRange)]
        for combination in itertools.product(*values):
            yield dict(zip(names, combination, strict=True))


def _choices(one: Range) -> Sequence[str] | None:
    return one.values if isinstance(one, CategoryRange) else None


def _value(one: Range, proposed: float | str) -> str:
    return str(proposed) if isinstance(one, CategoryRange) else one.value(float(proposed))


def _place(one: Range, value: str) -> float | str | None:
    if isinstance(one, CategoryRange):
        return value if value in one.values else None
    return one.place(value)


def _key(tuned: Tuned) -> str:
    return repr(sorted(tuned.items()))
