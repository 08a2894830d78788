"""Proposals by Optuna's tree-structured Parzen estimator, from all that is known.

Nothing is kept between two questions: each brings all trials, so that whoever asks may die.

Source: https://optuna.readthedocs.io/en/stable/reference/samplers/generated/optuna.samplers.TPESampler.html
"""

import warnings
from collections.abc import Mapping
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution
from optuna.trial import FrozenTrial, TrialState, create_trial

RANDOM_FIRST = 5
"""Trials before the estimator is asked."""
STATES = {
    "complete": TrialState.COMPLETE,
    "running": TrialState.RUNNING,
    "failed": TrialState.FAIL,
}


def propose(question: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the parameters of the next trials.

    Args:
        question: `seed`; `count` of trials wanted; `space`, the choices of each parameter by its
            name, or `null` for a number from 0 to 1; `trials`, each with its `state`, `parameters`
            and, if it is complete, its `value`, the higher the better.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler = optuna.samplers.TPESampler(
            seed=question["seed"],
            n_startup_trials=RANDOM_FIRST,
            multivariate=True,
            constant_liar=True,  # What runs is not proposed once more.
        )
    study = optuna.create_study(direction="maximize", sampler=sampler)
    space = {name: _distribution(choices) for name, choices in question["space"].items()}
    study.add_trials([_trial(one, space) for one in question["trials"]])
    return [dict(study.ask(space).params) for _ in range(question["count"])]


def _distribution(choices: list[str] | None) -> BaseDistribution:
    return FloatDistribution(0.0, 1.0) if choices is None else CategoricalDistribution(choices)


def _trial(given: Mapping[str, Any], space: Mapping[str, BaseDistribution]) -> FrozenTrial:
    return create_trial(
        state=STATES[given["state"]],
        value=given.get("value"),
        params=given["parameters"],
        distributions={name: space[name] for name in given["parameters"]},
    )
