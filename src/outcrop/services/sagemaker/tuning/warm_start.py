"""What a tuning job knows from earlier ones.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-warm-start.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.resources import TUNING_JOB, find, scope
from outcrop.services.sagemaker.running.states import ENDED
from outcrop.services.sagemaker.tuning.ranges import NumberRange, Range, read_ranges
from outcrop.services.sagemaker.tuning.strategies import Parent
from outcrop.services.sagemaker.tuning.trials import Trial, trials_of
from outcrop.storage.records.interface import Document, Record

IDENTICAL = "IdenticalDataAndAlgorithm"


async def check_parents(call: Call, tuning: Document) -> None:
    """Refuse parents that a tuning job cannot start from.

    Raises:
        ServiceError: The message says why.
    """
    warm = tuning["request"].get("WarmStartConfig")
    if warm is None:
        return
    if tuning["config"]["Strategy"] not in ("Bayesian", "Random"):
        raise ValidationError(
            "Warm start is supported with the strategies Bayesian and Random only."
        )
    if len(tuning["definitions"]) > 1:
        raise ValidationError("Warm start is not supported with TrainingJobDefinitions.")
    for name in _names(warm):
        try:
            parent = await find(call, TUNING_JOB, name)
        except shapes.ResourceNotFound as error:
            raise ValidationError(
                f"The parent hyperparameter tuning job {name} does not exist."
            ) from error
        _check(tuning, parent.document, is_identical=warm["WarmStartType"] == IDENTICAL)


def _check(tuning: Document, parent: Document, *, is_identical: bool) -> None:
    what = f"The parent hyperparameter tuning job {parent['name']}"
    if parent["status"] not in ENDED:
        raise ValidationError(f"{what} must be in a terminal state, not {parent['status']}.")
    mine, theirs = tuning["definitions"][0], parent["definitions"][0]
    if mine["TuningObjective"] != theirs["TuningObjective"]:
        raise ValidationError(f"{what} must have the same objective metric as the new tuning job.")
    ours, others = _parameters(mine), _parameters(theirs)
    if ours.keys() != others.keys():
        raise ValidationError(
            f"{what} must have the same static and tunable hyperparameters as the new tuning job."
        )
    for name, kind in ours.items():
        if None not in (kind, others[name]) and kind != others[name]:
            raise ValidationError(
                f"{what} has the hyperparameter {name} as {others[name]}, not as {kind}."
            )
    image = "TrainingImage"
    if is_identical and (
        mine["AlgorithmSpecification"].get(image) != theirs["AlgorithmSpecification"].get(image)
        or mine.get("InputDataConfig") != theirs.get("InputDataConfig")
    ):
        raise ValidationError(
            f"{what} must have the same training image and input data as the new tuning job for"
            f" the warm start type {IDENTICAL}."
        )


def _parameters(definition: Mapping[str, Any]) -> Mapping[str, str | None]:
    """Return a definition's hyperparameters and of what type those are that it tunes."""
    ranges = read_ranges(definition["HyperParameterRanges"])
    static: Mapping[str, str] = definition["StaticHyperParameters"]
    return {**dict.fromkeys(static), **{one.name: _type(one) for one in ranges}}


def _type(one: Range) -> str:
    if isinstance(one, NumberRange):
        return "Integer" if one.is_integer else "Continuous"
    return "Categorical"


async def trials_of_parents(call: Call, tuning: Document) -> Sequence[Trial]:
    """Return the training jobs of a tuning job's parents that are still there."""
    found: list[Trial] = []
    for name in _names(tuning["request"].get("WarmStartConfig", {})):
        parent: Record | None = await call.backends.records.find(scope(call, TUNING_JOB), name)
        if parent is not None:
            found += await trials_of(call, parent.document)
    return found


def as_parents(trials: Sequence[Trial]) -> Sequence[Parent]:
    """Return what was learnt from training jobs."""
    return [
        Parent(trial.job.document["request"]["HyperParameters"], trial.goodness)
        for trial in trials
        if trial.goodness is not None
    ]


def _names(warm: Mapping[str, Any]) -> Sequence[str]:
    parents: Sequence[Mapping[str, str]] = warm.get("ParentHyperParameterTuningJobs", [])
    return [one["HyperParameterTuningJobName"] for one in parents if one]
