"""The files that a training leaves in the output bucket, as AWS names and writes them.

Source: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/im-summary-file-api.html
Source: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/im-evaluation-manifest-snapshot-api.html
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call
from outcrop.operations.service_jobs import JobFailedError
from outcrop.services.rekognition.custom_labels.evaluation import Evaluation, Tested
from outcrop.services.rekognition.custom_labels.manifest_lines import (
    CLASSIFICATION,
    METADATA,
    SOURCE,
    text_of,
)
from outcrop.services.rekognition.custom_labels.problems import MESSAGES

SUMMARY, MANIFEST_SUMMARY = "EvaluationResultSummary", "ManifestSummary"
TRAIN_TRUTH, TEST_TRUTH = "TrainingGroundTruth", "TestingGroundTruth"
TRAIN_CHECKED, TEST_CHECKED = "TrainingManifestWithValidation", "TestingManifestWithValidation"
FILES = (SUMMARY, MANIFEST_SUMMARY, TRAIN_TRUTH, TEST_TRUTH, TRAIN_CHECKED, TEST_CHECKED)
OWN = "rekognition-custom-labels"
"""How the members begin that a training writes into its snapshots."""


def key_of(output: Mapping[str, str], kind: str, project: str, version: str) -> str:
    """Return the key of a file."""
    prefix = output.get("S3KeyPrefix", "").strip("/")
    name = f"{kind}-{project}-{version}.json"
    return f"{prefix}/{name}" if prefix else name


async def write_file(call: Call, output: Mapping[str, str], key: str, content: str) -> None:
    """Write a file.

    Raises:
        JobFailedError: The bucket does not take it.
    """
    try:
        await call.objects.write(
            output["S3Bucket"], key, content.encode(), content_type="application/json"
        )
    except ServiceError as error:
        raise JobFailedError(MESSAGES["ERROR_CANNOT_WRITE_OUTPUT_S3_BUCKET"]) from error


def as_manifest(lines: Iterable[Mapping[str, Any]]) -> str:
    """Return the text of a manifest."""
    return "".join(f"{text_of(line)}\n" for line in lines)


def as_json(value: Any) -> str:
    """Return the text of a summary."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def summary(
    evaluation: Evaluation, *, arn: str, ended: datetime, trained: int, tested: int
) -> dict[str, Any]:
    """Return the training summary."""
    return {
        "Version": 1,
        "AggregatedEvaluationResults": {
            "ConfusionMatrix": [
                {"GroundTruthLabel": truth, "PredictedLabel": found, "Value": share}
                for (truth, found), share in evaluation.confusion.items()
            ],
            "F1Score": evaluation.f1,
            "Precision": evaluation.precision,
            "Recall": evaluation.recall,
        },
        "EvaluationDetails": {
            "EvaluationEndTimestamp": _time(ended),
            "Labels": sorted(evaluation.thresholds),
            "NumberOfTestingImages": tested,
            "NumberOfTrainingImages": trained,
            "ProjectVersionArn": arn,
        },
        "LabelEvaluationResults": [
            {
                "Label": each.label,
                "Metrics": {
                    **(
                        {"F1Score": each.f1, "Precision": each.precision, "Recall": each.recall}
                        if each.images
                        else {}
                    ),
                    "Threshold": each.threshold,
                },
                "NumberOfTestingImages": each.images,
            }
            for each in evaluation.labels
        ],
    }


def learnt(source: str, labels: Sequence[str], *, now: datetime) -> dict[str, Any]:
    """Return the line of an image that was learnt from."""
    line: dict[str, Any] = {SOURCE: source}
    for number, label in enumerate(labels):
        name = f"{OWN}-training-{number}"
        line |= {name: 1, name + METADATA: _metadata(label, "training", 1.0, now=now)}
    return line


def tested_line(
    source: str, labels: Sequence[str], tested: Tested, evaluation: Evaluation, *, now: datetime
) -> dict[str, Any]:
    """Return the line of an image that was tested: with the labels that it has or seems to have."""
    line = learnt(source, labels, now=now)
    number = 0
    for label, threshold in evaluation.thresholds.items():
        has, found = label in tested.labels, tested.scores[label] >= threshold
        if has or found:
            name = f"{OWN}-evaluation-{number}"
            metadata = _metadata(label, "evaluation", tested.scores[label], now=now)
            metadata[f"{OWN}-evaluation-details"] = {
                "version": 1,
                "ground-truth-labelling-jobs": [f"{OWN}-training-job"],
                "is-true-positive": has and found,
                "is-true-negative": False,
                "is-false-positive": found and not has,
                "is-false-negative": has and not found,
                "is-present-in-ground-truth": has,
            }
            line |= {name: 1, name + METADATA: metadata}
            number += 1
    return line


def _metadata(label: str, job: str, confidence: float, *, now: datetime) -> dict[str, Any]:
    return {
        "confidence": confidence,
        "job-name": f"{OWN}-{job}-job",
        "class-name": label,
        "human-annotated": "yes" if job == "training" else "no",
        "creation-date": _time(now),
        "type": CLASSIFICATION,
    }


def _time(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds")
