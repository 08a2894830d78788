"""Experiments, trials and trial components as SageMaker tells them.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/experiments.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.operations import Call
from outcrop.operations.records import every
from outcrop.operations.trial_metrics import summaries_of
from outcrop.services.sagemaker.entities import Entity
from outcrop.services.sagemaker.resources import (
    EXPERIMENT,
    TRIAL,
    TRIAL_COMPONENT,
    ResourceKind,
    arn_of,
    scope,
)
from outcrop.storage.records.interface import Record

EXPERIMENTS = Entity(EXPERIMENT, name="ExperimentName", arn="ExperimentArn")
TRIALS = Entity(TRIAL, name="TrialName", arn="TrialArn")
TRIAL_COMPONENTS = Entity(TRIAL_COMPONENT, name="TrialComponentName", arn="TrialComponentArn")
MEMBERSHIP = ResourceKind("trial-membership")
"""Records of their own, named `trial/component`: who is part of which trial."""
LINEAGE_GROUP = "sagemaker-default-lineage-group"
"""What all entities of an account and region are in.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/xaccount-lineage-tracking.html
"""


def lineage_group_arn(call: Call) -> str:
    """Return the ARN of the lineage group of the caller's account and region."""
    return call.arn(f"lineage-group/{LINEAGE_GROUP}", service="sagemaker")


def told_experiment(call: Call, experiment: Record) -> Any:
    """Return all that is known of an experiment."""
    return {"DisplayName": experiment.name, **EXPERIMENTS.told(call, experiment)}


def told_trial(call: Call, trial: Record) -> Any:
    """Return all that is known of a trial."""
    return {"DisplayName": trial.name, **TRIALS.told(call, trial)}


def told_component(call: Call, component: Record) -> dict[str, Any]:
    """Return what is known of a trial component, less its metrics."""
    told: dict[str, Any] = {
        "DisplayName": component.name,
        **TRIAL_COMPONENTS.told(call, component),
        "LineageGroupArn": lineage_group_arn(call),
    }
    if source := component.document.get("source"):
        told |= {"Source": source, "Sources": [source], "TrialComponentSource": source}
    return told


async def metrics_of(call: Call, component: Record) -> Sequence[Mapping[str, Any]]:
    """Return the summaries of a trial component's metrics."""
    own_arn = arn_of(call, TRIAL_COMPONENT, component.name)
    source_arn = component.document.get("source", {}).get("SourceArn", own_arn)
    return [
        {"SourceArn": source_arn, **metric}
        for metric in await summaries_of(call.backends.records, call.account, call.region, own_arn)
    ]


async def memberships(call: Call, *, index: tuple[str, str] | None = None) -> list[tuple[str, str]]:
    """Return the trials and components that belong together, those of one of them if asked for."""
    return [
        (record.document["trial"], record.document["component"])
        async for record in every(call.backends.records, scope(call, MEMBERSHIP), index=index)
    ]
