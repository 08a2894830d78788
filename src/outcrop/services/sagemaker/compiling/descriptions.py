"""How a compilation job is told.

Sources: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeCompilationJob.html
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CompilationJobSummary.html
"""

from typing import Any

from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.compiling.artifacts import artifact_of
from outcrop.storage.records.interface import Document

TARGET_MEMBERS = ("Os", "Arch", "Accelerator")


def status_of(job: Document) -> str:
    """Return a job's status in the words of this kind: `INPROGRESS`."""
    if job["status"] == "InProgress" and job["secondary"] == "Starting":
        return "STARTING"
    status: str = job["status"]
    return status.upper()


def shown(job: Document, arn: str) -> shapes.DescribeCompilationJobResponse:
    """Return a job as DescribeCompilationJob tells it."""
    request = job["request"]
    place = artifact_of(request)
    answer: dict[str, Any] = {
        **{name: value for name, value in request.items() if name != "CompilationJobName"},
        **_told(job, arn),
        "LastModifiedTime": job["modified"],
        "FailureReason": job.get("failure", ""),
        "ModelArtifacts": {"S3ModelArtifacts": place.uri()},
    }
    if job.get("image"):
        answer["InferenceImage"] = job["image"]
    if "digest" in job:
        answer["ModelDigests"] = {"ArtifactDigest": job["digest"]}
    if "derived" in job:
        answer["DerivedInformation"] = {"DerivedDataInputConfig": job["derived"]}
    described: shapes.DescribeCompilationJobResponse = answer  # pyright: ignore[reportAssignmentType] - its members are the request's own
    return described


def summary(job: Document, arn: str) -> shapes.CompilationJobSummary:
    """Return a job as ListCompilationJobs tells it."""
    output = job["request"]["OutputConfig"]
    answer: Any = {**_told(job, arn), "LastModifiedTime": job["modified"]}
    if "TargetDevice" in output:
        answer["CompilationTargetDevice"] = output["TargetDevice"]
    for name in TARGET_MEMBERS:
        if name in output.get("TargetPlatform", {}):
            answer[f"CompilationTargetPlatform{name}"] = output["TargetPlatform"][name]
    summarised: shapes.CompilationJobSummary = answer
    return summarised


def _told(job: Document, arn: str) -> dict[str, Any]:
    """Return what both of them tell."""
    told: dict[str, Any] = {
        "CompilationJobName": job["name"],
        "CompilationJobArn": arn,
        "CompilationJobStatus": status_of(job),
        "CreationTime": job["created"],
    }
    for name, key in (("CompilationStartTime", "started"), ("CompilationEndTime", "ended")):
        if key in job:
            told[name] = job[key]
    return told
