"""The trial component of a job: made with it, told from it while it is there.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ExperimentConfig.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from outcrop.operations import Call
from outcrop.services.sagemaker.resources import (
    EXPERIMENT,
    KINDS,
    PROCESSING_JOB,
    TRAINING_JOB,
    TRANSFORM_JOB,
    TRIAL,
    TRIAL_COMPONENT,
    ResourceKind,
    arn_of,
    find,
    moment,
    scope,
)
from outcrop.services.sagemaker.tracking.entities import MEMBERSHIP
from outcrop.services.sagemaker.training.places import model_uri
from outcrop.storage.records.interface import Document, Put, Record, Replace, Write

MOST_PARAMETERS, MOST_ARTIFACTS = 300, 60
"""Of a component, as the service model says."""
SOURCE_TYPES = {
    TRAINING_JOB.name: "SageMakerTrainingJob",
    PROCESSING_JOB.name: "SageMakerProcessingJob",
    TRANSFORM_JOB.name: "SageMakerTransformJob",
}


def component_name(kind: str, job: str) -> str:
    """Return the name of a job's component."""
    return f"{job}-aws-{kind}"


def component_arn(call: Call, kind: str, job: str) -> str:
    """Return the ARN of a job's component."""
    return arn_of(call, TRIAL_COMPONENT, component_name(kind, job))


async def tracking(call: Call, kind: ResourceKind, job: Document) -> list[Write]:
    """Return the writes that make a job's component, and part of a trial if the job says so.

    Raises:
        ServiceError: There is no such experiment or trial.
    """
    name, now = component_name(kind.name, job["name"]), moment(call)
    config: Mapping[str, str] = job["request"].get("ExperimentConfig", {})
    arn = arn_of(call, kind, job["name"])
    document: Document = {
        "name": name,
        "created": now,
        "modified": now,
        "tags": {},
        "made_by": {},
        "given": {
            "DisplayName": config.get("TrialComponentDisplayName", name),
            "RunName": config.get("RunName"),
            **made_of(kind, job["request"]),
        },
        "source": {"SourceArn": arn, "SourceType": SOURCE_TYPES[kind.name]},
        "kind": kind.name,
        "job": job["name"],
    }
    component = Put(
        scope=scope(call, TRIAL_COMPONENT),
        name=name,
        document=document,
        indexes={"arn_name": name.lower()},
    )
    return [component, *await _joining(call, config, job["name"], name)]


async def _joining(call: Call, config: Mapping[str, str], job: str, component: str) -> list[Write]:
    """Return the writes that make a component part of a trial: the one named, or one of its own."""
    writes: list[Write] = []
    if "TrialName" in config:
        trial = (await find(call, TRIAL, config["TrialName"])).name
    elif "ExperimentName" in config:
        experiment, now = await find(call, EXPERIMENT, config["ExperimentName"]), moment(call)
        trial = f"{job}-trial"
        document: Document = {
            "name": trial,
            "created": now,
            "modified": now,
            "tags": {},
            "made_by": {},
            "given": {"ExperimentName": experiment.name},
        }
        indexes = {"arn_name": trial.lower(), "experiment": experiment.name}
        place = scope(call, TRIAL)
        writes.append(Put(scope=place, name=trial, document=document, indexes=indexes))
    else:
        return []
    membership = {"trial": trial, "component": component}
    name = f"{trial}/{component}"
    writes.append(
        Put(scope=scope(call, MEMBERSHIP), name=name, document=membership, indexes=membership)
    )
    return writes


async def with_job(call: Call, component: Record) -> Record:
    """Return a component with what its job has come to, if it has a job that is there."""
    document = component.document
    if "job" not in document:
        return component
    kind = KINDS[document["kind"]]
    job = await call.backends.records.find(scope(call, kind), document["job"])
    return component if job is None else _seen(kind, component, job)


async def leaving(call: Call, kind: ResourceKind, job: Record) -> list[Write]:
    """Return the writes by which a component keeps what its job has come to, as the job goes."""
    name = component_name(kind.name, job.name)
    component = await call.backends.records.find(scope(call, TRIAL_COMPONENT), name)
    if component is None:
        return []
    return [Replace(record=component, document=_seen(kind, component, job).document)]


def _seen(kind: ResourceKind, component: Record, job: Record) -> Record:
    document, state = component.document, job.document
    status = {"PrimaryStatus": state["status"], "Message": state.get("failure", "")}
    given = {**document["given"], "Status": status}
    for name, key in (("StartTime", "started"), ("EndTime", "ended")):
        if key in state:
            given[name] = state[key]
    outputs = outputs_of(kind, state) if state["status"] == "Completed" else {}
    given["OutputArtifacts"] = {**outputs, **document["given"].get("OutputArtifacts", {})}
    modified = max(document["modified"], state["modified"])
    return replace(component, document={**document, "given": given, "modified": modified})


def outputs_of(kind: ResourceKind, job: Document) -> Document:
    """Return the output artifacts of a job that has completed."""
    if kind is TRAINING_JOB:
        return _artifacts([("SageMaker.ModelArtifact", model_uri(job))])
    if kind is TRANSFORM_JOB:
        place = job["request"]["TransformOutput"]["S3OutputPath"]
        return _artifacts([("SageMaker.TransformOutput", place)])
    outputs = job["request"].get("ProcessingOutputConfig", {}).get("Outputs", [])
    return _artifacts((one["OutputName"], one.get("S3Output", {}).get("S3Uri")) for one in outputs)


def made_of(kind: ResourceKind, request: Mapping[str, Any]) -> Document:
    """Return the parameters and input artifacts that a job's request comes to."""
    if kind is TRAINING_JOB:
        parameters, cluster = request.get("HyperParameters", {}), request["ResourceConfig"]
        image = request["AlgorithmSpecification"].get("TrainingImage")
        inputs = {
            one["ChannelName"]: one["DataSource"].get("S3DataSource", {}).get("S3Uri")
            for one in request.get("InputDataConfig", [])
        }
    elif kind is TRANSFORM_JOB:
        parameters, cluster = request.get("Environment", {}), request["TransformResources"]
        image = None
        source = request["TransformInput"]["DataSource"]["S3DataSource"]
        inputs = {"SageMaker.TransformInput": source["S3Uri"]}
    else:
        parameters = request.get("Environment", {})
        cluster = request["ProcessingResources"]["ClusterConfig"]
        image = request["AppSpecification"]["ImageUri"]
        inputs = {
            one["InputName"]: one.get("S3Input", {}).get("S3Uri")
            for one in request.get("ProcessingInputs", [])
        }
    instances = {
        f"SageMaker.{name}": cluster[name]
        for name in ("InstanceType", "InstanceCount", "VolumeSizeInGB")
        if name in cluster
    }
    told = {**instances, **parameters}
    return {
        "Parameters": dict(list(_parameters(told).items())[:MOST_PARAMETERS]),
        "InputArtifacts": _artifacts({"SageMaker.ImageUri": image, **inputs}.items()),
    }


def _parameters(values: Mapping[str, Any]) -> Document:
    """Return values as parameters: numbers, also those that are texts, as numbers."""
    told: Document = {}
    for name, value in values.items():
        try:
            told[name] = {"NumberValue": float(value)}
        except ValueError:
            told[name] = {"StringValue": value[:2500]}
    return told


def _artifacts(uris: Iterable[tuple[str, str | None]]) -> Document:
    """Return URIs as artifacts, less those that are not there."""
    named = [(name, uri) for name, uri in uris if uri]
    return {name: {"Value": uri} for name, uri in named[:MOST_ARTIFACTS]}
