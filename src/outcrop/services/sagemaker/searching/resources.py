"""What is searched: the resources of each kind, told as search results.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_SearchRecord.html
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call
from outcrop.operations.tags import to_list
from outcrop.services.sagemaker.hub.contents import told_content, versions_at
from outcrop.services.sagemaker.listings import all_of
from outcrop.services.sagemaker.registry.cards import told as told_card
from outcrop.services.sagemaker.registry.packages import told_group, told_package
from outcrop.services.sagemaker.resources import (
    ENDPOINT,
    EXPERIMENT,
    HUB_CONTENT,
    MODEL,
    MODEL_CARD,
    MODEL_PACKAGE,
    MODEL_PACKAGE_GROUP,
    PROCESSING_JOB,
    TRAINING_JOB,
    TRANSFORM_JOB,
    TRIAL,
    TRIAL_COMPONENT,
    TUNING_JOB,
    ResourceKind,
)
from outcrop.services.sagemaker.tracking.entities import (
    memberships,
    metrics_of,
    told_component,
    told_experiment,
    told_trial,
)
from outcrop.services.sagemaker.tracking.job_components import with_job
from outcrop.storage.records.interface import Record

Told: TypeAlias = Mapping[str, Any]
"""A resource with all its properties."""


@dataclass(frozen=True, slots=True)
class Searched:
    """How the resources of one kind are searched."""

    member: str
    """Of a search record: `TrialComponent`."""
    tell_all: Callable[[Call], Awaitable[Iterable[Told]]]

    @property
    def arn(self) -> str:
        """The property that no two resources share."""
        return "Model.ModelArn" if self.member == "Model" else f"{self.member}Arn"


def _told_by(
    kind: ResourceKind, tell: Callable[[Call, Record], Told]
) -> Callable[[Call], Awaitable[Iterable[Told]]]:
    """Tell resources from their records alone."""

    async def tell_all(call: Call) -> Iterable[Told]:
        return [tell(call, record) for record in await all_of(call, kind)]

    return tell_all


def _described(kind: ResourceKind, word: str) -> Callable[[Call], Awaitable[Iterable[Told]]]:
    """Tell resources as their own operation describes them: `DescribeEndpoint`."""

    async def tell_all(call: Call) -> Iterable[Told]:
        found: list[Told] = []
        for record in await all_of(call, kind):
            told = await _describe(call, word, record.name)
            if told is not None:
                found.append({**told, "Tags": to_list(record.document["tags"])})
        return found

    return tell_all


async def _describe(call: Call, word: str, name: str) -> Told | None:
    """Return what an operation tells of a resource; nothing if it has just gone."""
    try:
        return await call.ask("sagemaker", f"Describe{word}", **{f"{word}Name": name})
    except ServiceError:
        return None


async def _models(call: Call) -> Iterable[Told]:
    return [{"Model": told} for told in await _described(MODEL, "Model")(call)]


async def _trials(call: Call) -> Iterable[Told]:
    components = {
        record.name: told_component(call, record) for record in await all_of(call, TRIAL_COMPONENT)
    }
    summaries: defaultdict[str, list[Told]] = defaultdict(list)
    for trial, component in await memberships(call):
        if component in components:
            summaries[trial].append(components[component])
    return [
        {**told_trial(call, trial), "TrialComponentSummaries": summaries[trial.name]}
        for trial in await all_of(call, TRIAL)
    ]


async def _components(call: Call) -> Iterable[Told]:
    experiments = {
        trial.name: trial.document["given"]["ExperimentName"] for trial in await all_of(call, TRIAL)
    }
    parents: defaultdict[str, list[Told]] = defaultdict(list)
    for trial, component in await memberships(call):
        if trial in experiments:
            parent = {"TrialName": trial, "ExperimentName": experiments[trial]}
            parents[component].append(parent)
    return [
        {
            **told_component(call, await with_job(call, component)),
            "Metrics": await metrics_of(call, component),
            "Parents": parents[component.name],
            "SourceDetail": await _source_detail(call, component),
        }
        for component in await all_of(call, TRIAL_COMPONENT)
    ]


async def _source_detail(call: Call, component: Record) -> Told | None:
    """Return the job that a component tells of."""
    if "job" not in component.document:
        return None
    word = {
        TRAINING_JOB.name: "TrainingJob",
        PROCESSING_JOB.name: "ProcessingJob",
        TRANSFORM_JOB.name: "TransformJob",
    }[component.document["kind"]]
    job = await _describe(call, word, component.document["job"])
    return {**component.document["source"], word: job}


async def _hub_contents(call: Call) -> Iterable[Told]:
    return [
        told_content(call, version)
        for content in await all_of(call, HUB_CONTENT)
        for version in versions_at(call, content)
    ]


SEARCHED: Mapping[str, Searched] = {
    "HyperParameterTuningJob": Searched(
        "HyperParameterTuningJob", _described(TUNING_JOB, "HyperParameterTuningJob")
    ),
    "TrainingJob": Searched("TrainingJob", _described(TRAINING_JOB, "TrainingJob")),
    "Experiment": Searched("Experiment", _told_by(EXPERIMENT, told_experiment)),
    "ExperimentTrial": Searched("Trial", _trials),
    "ExperimentTrialComponent": Searched("TrialComponent", _components),
    "Endpoint": Searched("Endpoint", _described(ENDPOINT, "Endpoint")),
    "Model": Searched("Model", _models),
    "ModelPackage": Searched("ModelPackage", _told_by(MODEL_PACKAGE, told_package)),
    "ModelPackageGroup": Searched("ModelPackageGroup", _told_by(MODEL_PACKAGE_GROUP, told_group)),
    "ModelCard": Searched(
        "ModelCard", _told_by(MODEL_CARD, lambda call, card: told_card(call, card, card))
    ),
    "HubContent": Searched("HubContent", _hub_contents),
}
"""By the names that requests have; of the other kinds there are no resources here to be found."""
