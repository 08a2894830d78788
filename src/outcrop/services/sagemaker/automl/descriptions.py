"""How an AutoML job is told, to those who made it by either operation.

Sources: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeAutoMLJob.html
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeAutoMLJobV2.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.operations import Call
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.automl.candidates import Candidate, best_of, told_candidate
from outcrop.services.sagemaker.automl.tasks import TABULAR
from outcrop.storage.records.interface import Document

MOST_REASONS = 5


def shown_first(
    call: Call, job: Document, candidates: Sequence[Candidate]
) -> shapes.DescribeAutoMLJobResponse:
    """Return a job as DescribeAutoMLJob tells it."""
    given = {name: one for name, one in job["request"].items() if name != "Tags"}
    resolved = _resolved(job, candidates)
    answer: dict[str, Any] = {**given, **_told(job), **_best(call, job, candidates)}
    if resolved:
        answer["ResolvedAttributes"] = {**_criteria(job), **resolved}
    described: shapes.DescribeAutoMLJobResponse = answer  # pyright: ignore[reportAssignmentType] - its members are the request's own
    return described


def shown(
    call: Call, job: Document, candidates: Sequence[Candidate]
) -> shapes.DescribeAutoMLJobV2Response:
    """Return a job as DescribeAutoMLJobV2 tells it."""
    resolved = _resolved(job, candidates)
    answer: dict[str, Any] = {
        **job["table"],
        **_told(job),
        **_best(call, job, candidates),
        "AutoMLProblemTypeConfigName": "Tabular",
    }
    if resolved:
        problem = {"TabularResolvedAttributes": {"ProblemType": resolved.pop("ProblemType")}}
        answer["ResolvedAttributes"] = {
            **_criteria(job),
            **resolved,
            "AutoMLProblemTypeResolvedAttributes": problem,
        }
    described: shapes.DescribeAutoMLJobV2Response = answer  # pyright: ignore[reportAssignmentType] - its members are the request's own
    return described


def summary(job: Document) -> shapes.AutoMLJobSummary:
    """Return a job as ListAutoMLJobs tells it."""
    summarised: Any = _told(job)
    told: shapes.AutoMLJobSummary = summarised
    return told


def _told(job: Document) -> dict[str, Any]:
    """Return what all of them tell."""
    told: dict[str, Any] = {
        "AutoMLJobName": job["name"],
        "AutoMLJobArn": job["arn"],
        "AutoMLJobStatus": job["status"],
        "AutoMLJobSecondaryStatus": job["secondary"],
        "CreationTime": job["created"],
        "LastModifiedTime": job["modified"],
    }
    if "ended" in job:
        told["EndTime"] = job["ended"]
    if job["status"] == "Failed":
        told["FailureReason"] = job["failure"]
    elif job["troubles"]:
        reasons = [text for text in job["troubles"].values() if text][:MOST_REASONS]
        told["PartialFailureReasons"] = [{"PartialFailureMessage": text} for text in reasons]
    return told


def _best(call: Call, job: Document, candidates: Sequence[Candidate]) -> Mapping[str, Any]:
    best = best_of(candidates)
    return {} if best is None else {"BestCandidate": told_candidate(call, job, best)}


def _resolved(job: Document, candidates: Sequence[Candidate]) -> dict[str, Any]:
    """Return what was found out about the task: all candidates find the same."""
    for candidate in candidates:
        if candidate.result is not None:
            return {
                "AutoMLJobObjective": {"MetricName": candidate.result["objective"]},
                "ProblemType": candidate.result["problem_type"],
            }
    return {}


def _criteria(job: Document) -> Mapping[str, Any]:
    criteria = job["table"]["AutoMLProblemTypeConfig"][TABULAR].get("CompletionCriteria")
    return {} if criteria is None else {"CompletionCriteria": criteria}
