"""Tuning jobs: create, describe, list, stop, delete, and the training jobs that they launch.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.listings import Listing, all_of, anything
from outcrop.services.sagemaker.resources import TUNING_JOB, add, arn_of, find, remove, update
from outcrop.services.sagemaker.running.states import ENDED
from outcrop.services.sagemaker.tags import checked_tags
from outcrop.services.sagemaker.tuning.checks import check, check_definition, check_request
from outcrop.services.sagemaker.tuning.definitions import (
    config_of,
    whole_definitions,
    with_algorithm_metrics,
)
from outcrop.services.sagemaker.tuning.descriptions import shown, summary, told_trial
from outcrop.services.sagemaker.tuning.supervision import TUNING
from outcrop.services.sagemaker.tuning.trials import Trial, trials_of
from outcrop.services.sagemaker.tuning.warm_start import check_parents, trials_of_parents
from outcrop.storage.records.interface import Document

LISTING = Listing(member="HyperParameterTuningJobSummaries", sort_by="Name", sort_order="Ascending")
TRIALS = Listing(
    member="TrainingJobSummaries",
    filters={"HyperParameterTuningJobName": anything},
    sort_keys={"FinalObjectiveMetricValue": "objective"},
    sort_by="Name",
    sort_order="Ascending",
)


@operation("CreateHyperParameterTuningJob")
async def create_hyper_parameter_tuning_job(
    call: Call, request: shapes.CreateHyperParameterTuningJobRequest
) -> shapes.CreateHyperParameterTuningJobResponse:
    """Start a tuning job."""
    given: Mapping[str, Any] = request
    check_request(given)
    name = request["HyperParameterTuningJobName"]
    arn = arn_of(call, TUNING_JOB, name)
    config = config_of(given)
    identity = uuid.uuid4().hex
    document: Document = {
        "request": {key: value for key, value in given.items() if key != "Tags"},
        "config": config,
        "definitions": _definitions(call, given),
        "arn": arn,
        "id": identity,
        "seed": config.get("RandomSeed", identity),
        "status": "InProgress",
        "launched": 0,
        "endpoint_url": call.endpoint_url,
        "tags": checked_tags(given.get("Tags", [])),
    }
    check(document)
    await check_parents(call, document)
    TUNING.start(call.backends, await add(call, TUNING_JOB, name, document))
    return {"HyperParameterTuningJobArn": arn}


@operation("DescribeHyperParameterTuningJob")
async def describe_hyper_parameter_tuning_job(
    call: Call, request: shapes.DescribeHyperParameterTuningJobRequest
) -> shapes.DescribeHyperParameterTuningJobResponse:
    """Answer with a tuning job's state, its best training job and what it was made of."""
    job = await find(call, TUNING_JOB, request["HyperParameterTuningJobName"])
    return shown(
        call,
        job.document,
        await trials_of(call, job.document),
        await trials_of_parents(call, job.document),
    )


@operation("ListHyperParameterTuningJobs")
async def list_hyper_parameter_tuning_jobs(
    call: Call, request: shapes.ListHyperParameterTuningJobsRequest
) -> shapes.ListHyperParameterTuningJobsResponse:
    """Answer with the tuning jobs that pass all filters."""
    jobs = await all_of(call, TUNING_JOB)
    trials = {job.name: await trials_of(call, job.document) for job in jobs}
    return LISTING.answer(request, jobs, lambda job: summary(job.document, trials[job.name]))


@operation("ListTrainingJobsForHyperParameterTuningJob")
async def list_training_jobs_for_hyper_parameter_tuning_job(
    call: Call, request: shapes.ListTrainingJobsForHyperParameterTuningJobRequest
) -> shapes.ListTrainingJobsForHyperParameterTuningJobResponse:
    """Answer with the training jobs that a tuning job has launched."""
    job = await find(call, TUNING_JOB, request["HyperParameterTuningJobName"])
    trials = {trial.job.name: trial for trial in await trials_of(call, job.document)}
    records = [
        replace(trial.job, document={**trial.job.document, "objective": trial.value})
        for trial in trials.values()
    ]

    def tell(record: Any) -> Any:
        trial: Trial = trials[record.name]
        return told_trial(call, trial)

    return TRIALS.answer(request, records, tell)


@operation("StopHyperParameterTuningJob")
async def stop_hyper_parameter_tuning_job(
    call: Call, request: shapes.StopHyperParameterTuningJobRequest
) -> None:
    """Stop a tuning job and the training jobs that run for it; what they made stays."""
    job = await find(call, TUNING_JOB, request["HyperParameterTuningJobName"])
    now = call.backends.now()

    def stopping(document: Document) -> Document:
        if document["status"] in ENDED:
            raise ValidationError(
                "The request was rejected because the hyperparameter tuning job is in status"
                f" {document['status']}."
            )
        return {**document, "status": "Stopping", "modified": now}

    TUNING.start(call.backends, await update(call, job, stopping))


@operation("DeleteHyperParameterTuningJob")
async def delete_hyper_parameter_tuning_job(
    call: Call, request: shapes.DeleteHyperParameterTuningJobRequest
) -> None:
    """Forget a tuning job that has ended; its training jobs stay."""
    try:
        job = await find(call, TUNING_JOB, request["HyperParameterTuningJobName"])
    except shapes.ResourceNotFound as error:
        raise ValidationError(error.message) from error  # The operation has no error of its own.
    if job.document["status"] not in ENDED:
        raise ValidationError(
            f"The hyperparameter tuning job {job.name} is in status {job.document['status']};"
            " stop it before you delete it."
        )
    await remove(call, job)


def _definitions(call: Call, given: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    definitions = whole_definitions(given)
    for definition in definitions:
        check_definition(definition, call.account)
    return [with_algorithm_metrics(definition) for definition in definitions]
