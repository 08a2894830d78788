"""Trial components: create, describe, list, update, delete.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrialComponent.html
"""

from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call, operation
from outcrop.operations.trial_metrics import forgetting
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.entities import with_changed_maps
from outcrop.services.sagemaker.lineage.graph import disconnecting
from outcrop.services.sagemaker.listings import Listing, all_of, anything
from outcrop.services.sagemaker.resources import TRIAL, TRIAL_COMPONENT, remove
from outcrop.services.sagemaker.tracking.entities import (
    EXPERIMENTS,
    TRIAL_COMPONENTS,
    TRIALS,
    memberships,
    metrics_of,
    told_component,
)
from outcrop.services.sagemaker.tracking.job_components import with_job
from outcrop.storage.records.interface import Document, Record

MAPS = {"Parameters": 300, "InputArtifacts": 60, "OutputArtifacts": 60}
"""What a component has many of, and how many at most, as the service model says."""


def _has_source(component: Document, arn: str) -> bool:
    return component.get("source", {}).get("SourceArn") == arn


LISTING = Listing(
    member="TrialComponentSummaries",
    filters={"ExperimentName": anything, "TrialName": anything, "SourceArn": _has_source},
)


@operation("CreateTrialComponent")
async def create_trial_component(
    call: Call, request: shapes.CreateTrialComponentRequest
) -> shapes.CreateTrialComponentResponse:
    """Make a trial component, which belongs to no trial yet."""
    return TRIAL_COMPONENTS.arn_answer(call, await TRIAL_COMPONENTS.create(call, request))


@operation("DescribeTrialComponent")
async def describe_trial_component(
    call: Call, request: shapes.DescribeTrialComponentRequest
) -> shapes.DescribeTrialComponentResponse:
    """Answer with a trial component and what its metrics come to."""
    component = await with_job(call, await TRIAL_COMPONENTS.find(call, request))
    told: Any = told_component(call, component) | {"Metrics": await metrics_of(call, component)}
    return told


@operation("ListTrialComponents")
async def list_trial_components(
    call: Call, request: shapes.ListTrialComponentsRequest
) -> shapes.ListTrialComponentsResponse:
    """Answer with the trial components that pass all filters."""
    if len({"ExperimentName", "TrialName", "SourceArn"} & set(request)) > 1:
        raise ValidationError(
            "Only one of ExperimentName, TrialName and SourceArn can be specified."
        )
    components = await _components(call, request)
    return LISTING.answer(request, components, lambda one: told_component(call, one))


@operation("UpdateTrialComponent")
async def update_trial_component(
    call: Call, request: shapes.UpdateTrialComponentRequest
) -> shapes.UpdateTrialComponentResponse:
    """Change what a trial component tells; maps are added to, and lose the keys to remove."""
    component = await TRIAL_COMPONENTS.find(call, request)
    changes = TRIAL_COMPONENTS.given(request)
    await TRIAL_COMPONENTS.update(
        call, component, lambda given: with_changed_maps(given, changes, MAPS)
    )
    return TRIAL_COMPONENTS.arn_answer(call, component)


@operation("DeleteTrialComponent")
async def delete_trial_component(
    call: Call, request: shapes.DeleteTrialComponentRequest
) -> shapes.DeleteTrialComponentResponse:
    """Delete a trial component that belongs to no trial, with its metrics and associations."""
    component = await TRIAL_COMPONENTS.find(call, request)
    if await memberships(call, index=("component", component.name)):
        raise ValidationError(
            f"Trial component '{component.name}' belongs to trials:"
            " disassociate it before you delete it."
        )
    arn = TRIAL_COMPONENTS.arn_of(call, component)
    metrics = await forgetting(call.backends.records, call.account, call.region, arn)
    await remove(call, component, *metrics, *await disconnecting(call, arn))
    return TRIAL_COMPONENTS.arn_answer(call, component)


async def _components(call: Call, request: shapes.ListTrialComponentsRequest) -> list[Record]:
    components = [await with_job(call, one) for one in await all_of(call, TRIAL_COMPONENT)]
    if "TrialName" in request:
        trials = {(await TRIALS.find(call, request)).name}
    elif "ExperimentName" in request:
        experiment = await EXPERIMENTS.find(call, request)
        index = ("experiment", experiment.name)
        trials = {trial.name for trial in await all_of(call, TRIAL, index=index)}
    else:
        return components
    names = {component for trial, component in await memberships(call) if trial in trials}
    return [component for component in components if component.name in names]
