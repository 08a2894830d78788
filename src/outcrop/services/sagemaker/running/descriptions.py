"""What lists and descriptions tell of processing and transform jobs alike.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingJobSummary.html
"""

from typing import Any

from outcrop.storage.records.interface import Document


def shown_job(word: str, job: Document, arn: str) -> dict[str, Any]:
    """Return a job as its own operation describes it.

    Args:
        word: What its members begin with: `Processing`.
        job: Its document.
        arn: Its ARN.
    """
    answer = {**job["request"], **_told(word, job, arn)}
    if "started" in job:
        answer[f"{word}StartTime"] = job["started"]
    return answer


def summarised_job(word: str, job: Document, arn: str) -> dict[str, Any]:
    """Return a job as lists tell it; see `shown_job`."""
    return {f"{word}JobName": job["name"], **_told(word, job, arn)}


def _told(word: str, job: Document, arn: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        f"{word}JobArn": arn,
        f"{word}JobStatus": job["status"],
        "CreationTime": job["created"],
        "LastModifiedTime": job["modified"],
    }
    for name, key in (
        (f"{word}EndTime", "ended"),
        ("FailureReason", "failure"),
        ("ExitMessage", "exit_message"),
    ):
        if key in job:
            told[name] = job[key]
    return told
