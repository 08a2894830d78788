"""How a tuning job and its training jobs are told.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeHyperParameterTuningJob.html
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from outcrop.operations import Call
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.resources import TRAINING_JOB, arn_of
from outcrop.services.sagemaker.tuning.completion import not_improving
from outcrop.services.sagemaker.tuning.definitions import resources_of
from outcrop.services.sagemaker.tuning.trials import (
    Trial,
    best_of,
    objective_counters,
    status_counters,
)
from outcrop.services.sagemaker.tuning.warm_start import IDENTICAL
from outcrop.storage.records.interface import Document

OF_SEVERAL = ("HyperParameterRanges", "TuningObjective")
"""Members of a definition that a lone one does not have: they are in the configuration."""


def shown(
    call: Call, job: Document, trials: Sequence[Trial], parents: Sequence[Trial]
) -> shapes.DescribeHyperParameterTuningJobResponse:
    """Return a tuning job as DescribeHyperParameterTuningJob tells it."""
    ended: datetime = job.get("ended", call.backends.now())
    answer: dict[str, Any] = {
        **_told(job, trials),
        "HyperParameterTuningJobConfig": job["config"],
        **_definitions(job),
        "TuningJobCompletionDetails": {
            "NumberOfTrainingJobsObjectiveNotImproving": not_improving(trials),
            **({"ConvergenceDetectedTime": job["converged"]} if "converged" in job else {}),
        },
        "ConsumedResources": {"RuntimeInSeconds": int((ended - job["created"]).total_seconds())},
    }
    for name in ("WarmStartConfig", "Autotune"):
        if name in job["request"]:
            answer[name] = job["request"][name]
    if (best := best_of(trials)) is not None:
        answer["BestTrainingJob"] = told_trial(call, best)
    warm = job["request"].get("WarmStartConfig", {})
    if warm.get("WarmStartType") == IDENTICAL and (best := best_of([*parents, *trials])):
        answer["OverallBestTrainingJob"] = told_trial(call, best)
    if "failure" in job and job["status"] == "Failed":
        answer["FailureReason"] = job["failure"]
    described: shapes.DescribeHyperParameterTuningJobResponse = answer  # pyright: ignore[reportAssignmentType] - its members are the request's own
    return described


def summary(job: Document, trials: Sequence[Trial]) -> shapes.HyperParameterTuningJobSummary:
    """Return a tuning job as ListHyperParameterTuningJobs tells it."""
    config = job["config"]
    told: Any = {
        **_told(job, trials),
        "Strategy": config["Strategy"],
        "ResourceLimits": config["ResourceLimits"],
    }
    summarised: shapes.HyperParameterTuningJobSummary = told
    return summarised


def told_trial(call: Call, trial: Trial) -> shapes.HyperParameterTrainingJobSummary:
    """Return a training job as ListTrainingJobsForHyperParameterTuningJob tells it."""
    job = trial.job.document
    told: dict[str, Any] = {
        "TrainingJobName": job["name"],
        "TrainingJobArn": arn_of(call, TRAINING_JOB, job["name"]),
        "TuningJobName": job["tuning"]["job"],
        "CreationTime": job["created"],
        "TrainingJobStatus": job["status"],
        "TunedHyperParameters": trial.tuned,
        "ObjectiveStatus": trial.objective_status,
    }
    members = {
        "TrainingJobDefinitionName": job["tuning"]["definition_name"],
        "TrainingStartTime": job.get("started"),
        "TrainingEndTime": job.get("ended"),
        "FailureReason": job.get("failure"),
    }
    told |= {name: value for name, value in members.items() if value}
    if trial.value is not None:
        told["FinalHyperParameterTuningJobObjectiveMetric"] = {
            "Type": trial.objective.type,
            "MetricName": trial.objective.metric,
            "Value": trial.value,
        }
    summarised: shapes.HyperParameterTrainingJobSummary = told  # pyright: ignore[reportAssignmentType] - it has all that are required
    return summarised


def _told(job: Document, trials: Sequence[Trial]) -> dict[str, Any]:
    """Return what both tell."""
    told: dict[str, Any] = {
        "HyperParameterTuningJobName": job["name"],
        "HyperParameterTuningJobArn": job["arn"],
        "HyperParameterTuningJobStatus": job["status"],
        "CreationTime": job["created"],
        "LastModifiedTime": job["modified"],
        "TrainingJobStatusCounters": status_counters(trials),
        "ObjectiveStatusCounters": objective_counters(trials),
    }
    if "ended" in job:
        told["HyperParameterTuningEndTime"] = job["ended"]
    return told


def _definitions(job: Document) -> dict[str, Any]:
    if "TrainingJobDefinitions" in job["request"]:
        return {"TrainingJobDefinitions": [_with_resources(one) for one in job["definitions"]]}
    lone = job["definitions"][0]
    given = job["request"]["TrainingJobDefinition"]
    told = {name: value for name, value in lone.items() if name not in OF_SEVERAL or name in given}
    return {"TrainingJobDefinition": _with_resources(told)}


def _with_resources(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a definition with its ResourceConfig: the SDK's `attach` looks for no other."""
    return {**definition, "ResourceConfig": resources_of(definition)}
