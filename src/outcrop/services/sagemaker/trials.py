"""Trials: create, describe, list, update, delete, and what components belong to them.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrial.html
"""

from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.listings import Listing, all_of, anything
from outcrop.services.sagemaker.resources import TRIAL, remove, scope
from outcrop.services.sagemaker.tracking.entities import (
    EXPERIMENTS,
    MEMBERSHIP,
    TRIAL_COMPONENTS,
    TRIALS,
    memberships,
    told_trial,
)
from outcrop.storage.records.interface import Delete, Put, Record

LISTING = Listing(
    member="TrialSummaries",
    filters={"ExperimentName": anything, "TrialComponentName": anything},
)


@operation("CreateTrial")
async def create_trial(
    call: Call, request: shapes.CreateTrialRequest
) -> shapes.CreateTrialResponse:
    """Make a trial of an experiment."""
    experiment = await EXPERIMENTS.find(call, request)
    trial = await TRIALS.create(call, request, indexes={"experiment": experiment.name})
    return TRIALS.arn_answer(call, trial)


@operation("DescribeTrial")
async def describe_trial(
    call: Call, request: shapes.DescribeTrialRequest
) -> shapes.DescribeTrialResponse:
    """Answer with a trial."""
    return told_trial(call, await TRIALS.find(call, request))


@operation("ListTrials")
async def list_trials(call: Call, request: shapes.ListTrialsRequest) -> shapes.ListTrialsResponse:
    """Answer with the trials that pass all filters."""
    index = None
    if "ExperimentName" in request:
        index = ("experiment", (await EXPERIMENTS.find(call, request)).name)
    trials = await all_of(call, TRIAL, index=index)
    if "TrialComponentName" in request:
        component = await TRIAL_COMPONENTS.find(call, request)
        names = {name for name, _ in await memberships(call, index=("component", component.name))}
        trials = [trial for trial in trials if trial.name in names]
    return LISTING.answer(request, trials, lambda trial: told_trial(call, trial))


@operation("UpdateTrial")
async def update_trial(
    call: Call, request: shapes.UpdateTrialRequest
) -> shapes.UpdateTrialResponse:
    """Give a trial another display name."""
    trial = await TRIALS.find(call, request)
    changes = TRIALS.given(request)
    await TRIALS.update(call, trial, lambda given: given | changes)
    return TRIALS.arn_answer(call, trial)


@operation("DeleteTrial")
async def delete_trial(
    call: Call, request: shapes.DeleteTrialRequest
) -> shapes.DeleteTrialResponse:
    """Delete a trial that has no components."""
    trial = await TRIALS.find(call, request)
    if await memberships(call, index=("trial", trial.name)):
        raise ValidationError(
            f"Trial '{trial.name}' has trial components: disassociate them before you delete it."
        )
    await remove(call, trial)
    return TRIALS.arn_answer(call, trial)


@operation("AssociateTrialComponent")
async def associate_trial_component(
    call: Call, request: shapes.AssociateTrialComponentRequest
) -> shapes.AssociateTrialComponentResponse:
    """Make a component part of a trial; once is as good as twice."""
    trial = await TRIALS.find(call, request)
    component = await TRIAL_COMPONENTS.find(call, request)
    membership = {"trial": trial.name, "component": component.name}
    await call.backends.records.write(
        Put(
            scope=scope(call, MEMBERSHIP),
            name=f"{trial.name}/{component.name}",
            document=membership,
            indexes=membership,
        )
    )
    return _arns(call, trial, component)


@operation("DisassociateTrialComponent")
async def disassociate_trial_component(
    call: Call, request: shapes.DisassociateTrialComponentRequest
) -> shapes.DisassociateTrialComponentResponse:
    """Take a component out of a trial."""
    trial = await TRIALS.find(call, request)
    component = await TRIAL_COMPONENTS.find(call, request)
    name = f"{trial.name}/{component.name}"
    await call.backends.records.write(
        Delete(scope=scope(call, MEMBERSHIP), name=name, must_exist=False)
    )
    return _arns(call, trial, component)


def _arns(call: Call, trial: Record, component: Record) -> Any:
    return TRIALS.arn_answer(call, trial) | TRIAL_COMPONENTS.arn_answer(call, component)
