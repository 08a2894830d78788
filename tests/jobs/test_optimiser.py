"""The Bayesian search, asked as tuning jobs ask it."""

import asyncio
import random
import statistics

import pytest

from outcrop.jobs.optimiser import Optimiser, Parameters, Trial
from outcrop.jobs.runtimes import RuntimeStore
from outcrop.settings import load

SPACE = {"rate": None, "kind": ["a", "b", "c"]}


@pytest.fixture
def optimiser() -> Optimiser:
    return Optimiser(RuntimeStore(load(None, environment={}).jobs.runtimes))


def goodness(parameters: Parameters) -> float:
    return -abs(float(parameters["rate"]) - 0.7) - (parameters["kind"] != "b")


def search(optimiser: Optimiser, known: list[Trial], rounds: int) -> list[Trial]:
    async def go() -> list[Trial]:
        trials = list(known)
        for number in range(rounds):
            proposals = await optimiser.propose(SPACE, trials, count=2, seed=number, say=print)
            trials += [
                Trial(parameters=one, state="complete", value=goodness(one)) for one in proposals
            ]
        return trials

    return asyncio.run(go())


def test_it_finds_better_values_than_chance(optimiser: Optimiser) -> None:
    chance = random.Random(0)
    by_chance = [
        goodness({"rate": chance.random(), "kind": chance.choice(["a", "b", "c"])})
        for _ in range(1000)
    ]

    found = [trial.value or 0.0 for trial in search(optimiser, [], 10)[10:]]

    assert statistics.fmean(found) > statistics.fmean(by_chance) / 2


def test_the_same_question_has_the_same_answer(optimiser: Optimiser) -> None:
    known = [
        Trial(parameters={"rate": n / 10, "kind": "a"}, state="complete", value=n) for n in range(6)
    ]
    known.append(Trial(parameters={"rate": 0.5, "kind": "b"}, state="running"))
    known.append(Trial(parameters={}, state="failed"))

    assert search(optimiser, known, 1) == search(optimiser, known, 1)
