"""The candidates of an AutoML job: training jobs, and what they have come to.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AutoMLCandidate.html
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outcrop.aws.user_json import read_json
from outcrop.operations import Call
from outcrop.services.sagemaker.automl.tasks import (
    MINIMISED,
    OBJECTIVES,
    TABULAR,
    algorithms_of,
    name_of,
)
from outcrop.services.sagemaker.listings import all_of
from outcrop.services.sagemaker.resources import TRAINING_JOB, arn_of
from outcrop.services.sagemaker.running.files import S3Place
from outcrop.services.sagemaker.running.states import ENDED
from outcrop.services.sagemaker.training.places import OUTPUT, model_uri, output_place
from outcrop.storage.records.interface import Document, Record

INDEX = "automl-job"
"""The secondary key by which training jobs are found."""
IMAGE = "sagemaker-sklearn-automl:2.5-1-cpu-py3"
INSTANCES = {"InstanceType": "ml.m5.2xlarge", "InstanceCount": 1, "VolumeSizeInGB": 50}
LONGEST_SEARCH_SECONDS = 60.0
"""Of one candidate, where no limit is lower; it ends before if nothing better is found."""
SHARE_OF_SEARCH = 0.5
"""Of a training job's limit: reading, measuring and explaining take their time, too."""
LONGEST_TRAINING_SECONDS = 3600
MOST_REPORT_BYTES = 10_000_000
REPORT = "candidate.json"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One training job of an AutoML job."""

    job: Record
    result: Mapping[str, Any] | None
    """What it has told; `None` as long as it has not."""

    @property
    def number(self) -> int:
        """Its place among those of the AutoML job, from 1."""
        number: int = self.job.document["automl"]["number"]
        return number

    @property
    def has_ended(self) -> bool:
        """Whether it is over."""
        return self.job.document["status"] in ENDED

    @property
    def value(self) -> float | None:
        """Its objective's, if it has told it."""
        if self.result is None:
            return None
        value: float = self.result["metrics"][self.result["objective"]]
        return value

    @property
    def goodness(self) -> float | None:
        """Its value, the higher the better."""
        if self.result is None or self.value is None:
            return None
        return -self.value if self.result["objective"] in MINIMISED else self.value


async def candidates_of(call: Call, automl: Document) -> Sequence[Candidate]:
    """Return the candidates of an AutoML job in the order in which they were launched."""
    jobs = await all_of(call, TRAINING_JOB, index=(INDEX, automl["id"]))
    results: Mapping[str, Mapping[str, Any]] = automl["results"]
    found = [Candidate(job, results.get(job.name)) for job in jobs]
    return sorted(found, key=lambda one: one.number)


def best_of(candidates: Iterable[Candidate]) -> Candidate | None:
    """Return the best of those that have told what they are worth; of equals, the earliest."""
    ranked = [(one.goodness, one) for one in candidates if one.goodness is not None]
    return max(ranked, key=lambda one: one[0])[1] if ranked else None


def most_candidates(automl: Document) -> int:
    """Return how many candidates there are: as asked, or one for each algorithm."""
    config = automl["table"]["AutoMLProblemTypeConfig"][TABULAR]
    criteria = config.get("CompletionCriteria", {})
    number: int = criteria.get("MaxCandidates", len(algorithms_of(config)))
    return number


def candidate_name(automl: Document, number: int) -> str:
    """Return the name of a candidate and its training job."""
    mark = hashlib.sha256(f"{automl['id']}/{number}".encode()).hexdigest()[:8]
    return f"{automl['name']}-{number:03d}-{mark}"


def training_request(automl: Document, number: int) -> dict[str, Any]:
    """Return the input of CreateTrainingJob for one candidate."""
    table = automl["table"]
    config = table["AutoMLProblemTypeConfig"][TABULAR]
    security = table.get("SecurityConfig", {})
    longest = _longest_seconds(config)
    algorithms = algorithms_of(config)
    told = {
        "target": config["TargetAttributeName"],
        "algorithm": algorithms[(number - 1) % len(algorithms)],
        "seed": str(number),
        "seconds": str(min(LONGEST_SEARCH_SECONDS, SHARE_OF_SEARCH * longest)),
        "problem_type": config.get("ProblemType", ""),
        "objective": table.get("AutoMLJobObjective", {}).get("MetricName", ""),
    }
    fraction = table.get("DataSplitConfig", {}).get("ValidationFraction")
    if fraction is not None:
        told["validation_fraction"] = str(fraction)
    resources = {**INSTANCES}
    if "VolumeKmsKeyId" in security:
        resources["VolumeKmsKeyId"] = security["VolumeKmsKeyId"]
    output = table["OutputDataConfig"]
    request: dict[str, Any] = {
        "TrainingJobName": candidate_name(automl, number),
        "AlgorithmSpecification": {
            "TrainingImage": IMAGE,
            "TrainingInputMode": "File",
            "MetricDefinitions": _metrics(),
        },
        "HyperParameters": {name: value for name, value in told.items() if value},
        "InputDataConfig": [_channel(one) for one in table["AutoMLJobInputDataConfig"]],
        "OutputDataConfig": {
            **output,
            "S3OutputPath": f"{output['S3OutputPath'].rstrip('/')}/{automl['name']}/candidates",
        },
        "ResourceConfig": resources,
        "RoleArn": table["RoleArn"],
        "StoppingCondition": {"MaxRuntimeInSeconds": int(longest)},
    }
    if "VpcConfig" in security:
        request["VpcConfig"] = security["VpcConfig"]
    if "EnableInterContainerTrafficEncryption" in security:
        name = "EnableInterContainerTrafficEncryption"
        request[name] = security[name]
    return request


def _longest_seconds(config: Mapping[str, Any]) -> float:
    criteria = config.get("CompletionCriteria", {})
    names = ("MaxRuntimePerTrainingJobInSeconds", "MaxAutoMLJobRuntimeInSeconds")
    return min([LONGEST_TRAINING_SECONDS, *(criteria[name] for name in names if name in criteria)])


def _channel(given: Mapping[str, Any]) -> Mapping[str, Any]:
    copied = {key: given[key] for key in ("ContentType", "CompressionType") if key in given}
    return {"ChannelName": name_of(given), "DataSource": given["DataSource"], **copied}


def _metrics() -> list[Mapping[str, str]]:
    names = sorted({name for names in OBJECTIVES.values() for name in names} | {"LogLoss"})
    return [
        {"Name": f"validation:{name}", "Regex": f"validation:{name}=([-0-9.e+]+);"}
        for name in names
    ]


async def result_of(call: Call, automl: Document, candidate: Candidate) -> Mapping[str, Any]:
    """Read what a candidate that has completed tells, and put its report where it is told to be.

    Raises:
        ServiceError: The bucket refuses it.
        ValueError: It tells nothing that makes sense.
    """
    place = output_place(candidate.job.document)
    size, chunks = await call.objects.open_sized(place.bucket, place.key(OUTPUT))
    if size > MOST_REPORT_BYTES:
        raise ValueError(f"{OUTPUT} is larger than {MOST_REPORT_BYTES} bytes.")
    told = _report(b"".join([chunk async for chunk in chunks]))
    report = explainability_place(automl, candidate.job.name)
    await call.objects.write(
        report.bucket,
        report.key("analysis.json"),
        json.dumps(told["explainability"]).encode(),
        content_type="application/json",
    )
    return {name: told[name] for name in ("problem_type", "objective", "metrics")}


def explainability_place(automl: Document, candidate: str) -> S3Place:
    """Return where a candidate's explainability report lies."""
    root = S3Place.of(automl["table"]["OutputDataConfig"]["S3OutputPath"])
    return S3Place(
        root.bucket,
        root.key(automl["name"], "documentation/explainability/output", candidate),
    )


def told_candidate(call: Call, automl: Document, candidate: Candidate) -> dict[str, Any]:
    """Return a candidate as ListCandidatesForAutoMLJob tells it."""
    job, name = candidate.job.document, candidate.job.name
    told: dict[str, Any] = {
        "CandidateName": name,
        "ObjectiveStatus": _objective_status(candidate),
        "CandidateSteps": [
            {
                "CandidateStepType": "AWS::SageMaker::TrainingJob",
                "CandidateStepArn": arn_of(call, TRAINING_JOB, name),
                "CandidateStepName": name,
            }
        ],
        "CandidateStatus": job["status"],
        "CreationTime": job["created"],
        "LastModifiedTime": job["modified"],
    }
    for member, key in (("EndTime", "ended"), ("FailureReason", "failure")):
        if job.get(key):
            told[member] = job[key]
    if candidate.result is not None:
        told |= _told_result(automl, candidate, candidate.result)
    return told


def _told_result(
    automl: Document, candidate: Candidate, result: Mapping[str, Any]
) -> dict[str, Any]:
    objective = result["objective"]
    container = {
        "Image": IMAGE,
        "ModelDataUrl": model_uri(candidate.job.document),
        "Environment": _environment(result["problem_type"]),
    }
    metrics = [
        {
            **({"MetricName": name} if name != "LogLoss" else {}),
            "StandardMetricName": name,
            "Value": value,
            "Set": "Validation",
        }
        for name, value in result["metrics"].items()
    ]
    return {
        "FinalAutoMLJobObjectiveMetric": {
            "Type": "Minimize" if objective in MINIMISED else "Maximize",
            "MetricName": objective,
            "Value": candidate.value,
            "StandardMetricName": objective,
        },
        "InferenceContainers": [container],
        "CandidateProperties": {
            "CandidateArtifactLocations": {
                "Explainability": explainability_place(automl, candidate.job.name).uri()
            },
            "CandidateMetrics": metrics,
        },
    }


def _environment(problem: str) -> Mapping[str, str]:
    """Return the variables by which the SDK chooses what an endpoint answers."""
    if problem == "Regression":
        return {"SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT": "text/csv"}
    return {
        "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT": "text/csv",
        "SAGEMAKER_INFERENCE_OUTPUT": "predicted_label",
        "SAGEMAKER_INFERENCE_SUPPORTED": "predicted_label,probability,labels,probabilities",
    }


def _objective_status(candidate: Candidate) -> str:
    if candidate.result is not None:
        return "Succeeded"
    return "Failed" if candidate.job.document["status"] in ("Failed", "Stopped") else "Pending"


def _report(archive: bytes) -> Mapping[str, Any]:
    """Return what an output archive tells."""
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as opened:
            member = opened.getmember(REPORT)
            file = opened.extractfile(member)
            if file is None or member.size > MOST_REPORT_BYTES:
                raise ValueError(f"{REPORT} is no report.")
            told: Mapping[str, Any] = read_json(file.read())
    except (tarfile.TarError, KeyError, EOFError, OSError) as error:
        raise ValueError(f"There is no {REPORT}: {error}") from error
    return told
