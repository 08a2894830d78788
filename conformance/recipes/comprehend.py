"""Texts in languages that there are models for, and a job of each kind."""

from collections.abc import Mapping
from typing import Any

from conformance.calls import Client, account_in_force
from conformance.recipes import Recipe
from conformance.recipes.steps import Maker, Steps

TEXT = "Marie Curie was born in Warsaw on 7 November 1867."
JOBS = (
    "DominantLanguageDetectionJob",
    "EntitiesDetectionJob",
    "KeyPhrasesDetectionJob",
    "PiiEntitiesDetectionJob",
    "SentimentDetectionJob",
    "TopicsDetectionJob",
)


def values(account: str) -> Mapping[str, Any]:
    """Return texts, and places in a bucket."""
    return {
        "Text": TEXT,
        "TextList": [TEXT, "Bonjour."],
        "LanguageCode": "en",
        "InputDataConfig": {"S3Uri": f"s3://texts-{account}/in.txt"},
        "OutputDataConfig": {"S3Uri": f"s3://texts-{account}/out"},
        "Mode": "ONLY_REDACTION",
        "RedactionConfig": {"PiiEntityTypes": ["ALL"]},
        "Filter": {"JobStatus": "COMPLETED"},
    }


STEPS = Steps(
    values=values,
    makers={
        "ResourceArn": Maker("StartEntitiesDetectionJob", "JobArn"),
        **{
            f"{verb}{job}.JobId": Maker(f"Start{job}", "JobId")
            for job in JOBS
            for verb in ("Describe", "Stop")
        },
    },
    needed={"StartPiiEntitiesDetectionJob": ("RedactionConfig",)},
)


def prepare(client: Client, operation: str) -> Mapping[str, Any]:
    """Make the bucket that jobs read and write, and what the operation needs."""
    if "Job" in operation or "Tag" in operation:
        bucket = f"texts-{account_in_force()}"
        client.of("s3").ask("CreateBucket", Bucket=bucket)
        client.of("s3").ask("PutObject", Bucket=bucket, Key="in.txt", Body=TEXT.encode())
    return STEPS(client, operation)


RECIPE = Recipe(
    prepare=prepare,
    needed={
        "DetectEntities": ("Text", "LanguageCode"),
        "StartPiiEntitiesDetectionJob": ("RedactionConfig",),
    },
    without={
        "": ("NextToken",),
        "DetectEntities": ("EndpointArn", "Bytes", "DocumentReaderConfig"),
        "StartEntitiesDetectionJob": ("EntityRecognizerArn", "FlywheelArn"),
    },
)
