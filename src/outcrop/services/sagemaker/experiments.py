"""Experiments: create, describe, list, update, delete.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateExperiment.html
"""

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.lineage.graph import disconnecting
from outcrop.services.sagemaker.listings import Listing, all_of
from outcrop.services.sagemaker.resources import TRIAL, remove
from outcrop.services.sagemaker.tracking.entities import EXPERIMENTS, told_experiment

LISTING = Listing(member="ExperimentSummaries")


@operation("CreateExperiment")
async def create_experiment(
    call: Call, request: shapes.CreateExperimentRequest
) -> shapes.CreateExperimentResponse:
    """Make an experiment."""
    return EXPERIMENTS.arn_answer(call, await EXPERIMENTS.create(call, request))


@operation("DescribeExperiment")
async def describe_experiment(
    call: Call, request: shapes.DescribeExperimentRequest
) -> shapes.DescribeExperimentResponse:
    """Answer with an experiment."""
    return told_experiment(call, await EXPERIMENTS.find(call, request))


@operation("ListExperiments")
async def list_experiments(
    call: Call, request: shapes.ListExperimentsRequest
) -> shapes.ListExperimentsResponse:
    """Answer with the experiments that pass all filters."""
    return LISTING.answer(
        request, await all_of(call, EXPERIMENTS.kind), lambda one: told_experiment(call, one)
    )


@operation("UpdateExperiment")
async def update_experiment(
    call: Call, request: shapes.UpdateExperimentRequest
) -> shapes.UpdateExperimentResponse:
    """Give an experiment another display name or description."""
    experiment = await EXPERIMENTS.find(call, request)
    changes = EXPERIMENTS.given(request)
    await EXPERIMENTS.update(call, experiment, lambda given: given | changes)
    return EXPERIMENTS.arn_answer(call, experiment)


@operation("DeleteExperiment")
async def delete_experiment(
    call: Call, request: shapes.DeleteExperimentRequest
) -> shapes.DeleteExperimentResponse:
    """Delete an experiment that has no trials."""
    experiment = await EXPERIMENTS.find(call, request)
    if await all_of(call, TRIAL, index=("experiment", experiment.name)):
        raise ValidationError(
            f"Experiment '{experiment.name}' has trials: delete them before the experiment."
        )
    arn = EXPERIMENTS.arn_of(call, experiment)
    await remove(call, experiment, *await disconnecting(call, arn))
    return EXPERIMENTS.arn_answer(call, experiment)
