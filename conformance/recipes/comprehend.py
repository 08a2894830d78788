"""Texts in languages that there are models for, and a job of each kind."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from conformance.calls import Client, account_in_force
from conformance.recipes import Recipe
from conformance.recipes.comprehend_models import (
    HAVE_ENDPOINTS,
    NEED_A_CLASSIFIER,
    RECOGNIZER_DATA,
    classifier,
)
from conformance.recipes.steps import Maker, Steps

TEXT = "Marie Curie was born in Warsaw on 7 November 1867."
JOBS = (
    "DominantLanguageDetectionJob",
    "EntitiesDetectionJob",
    "KeyPhrasesDetectionJob",
    "PiiEntitiesDetectionJob",
    "SentimentDetectionJob",
    "TargetedSentimentDetectionJob",
    "TopicsDetectionJob",
)


def values(account: str) -> Mapping[str, Any]:
    """Return texts, and places in a bucket."""
    return {
        "Text": TEXT,
        "TextList": [TEXT, "Bonjour."],
        "TextSegments": [{"Text": TEXT}],
        "LanguageCode": "en",
        "InputDataConfig": {"S3Uri": f"s3://texts-{account}/in.txt"},
        "OutputDataConfig": {"S3Uri": f"s3://texts-{account}/out"},
        "Mode": "ONLY_REDACTION",
        "RedactionConfig": {"PiiEntityTypes": ["ALL"]},
        "Filter": {"JobStatus": "COMPLETED"},
        "CreateDocumentClassifier.InputDataConfig": {"S3Uri": f"s3://texts-{account}/in.txt"},
        "CreateEntityRecognizer.InputDataConfig": RECOGNIZER_DATA,
        "ListEntityRecognizers.Filter": {"Status": "TRAINED"},
        "CreateDocumentClassifier.Mode": "MULTI_LABEL",
        "ListDocumentClassifiers.Filter": {"Status": "TRAINED"},
        "ListEndpoints.Filter": {"Status": "IN_SERVICE"},
    }


STEPS = Steps(
    values=values,
    makers={
        "ResourceArn": Maker("StartEntitiesDetectionJob", "JobArn"),
        **{
            f"{operation}.EndpointArn": Maker("CreateEndpoint", "EndpointArn")
            for operation in HAVE_ENDPOINTS
        },
        **{
            f"{verb}DocumentClassifier.DocumentClassifierArn": Maker(
                "CreateDocumentClassifier", "DocumentClassifierArn"
            )
            for verb in ("Delete", "Describe", "StopTraining")
        },
        **{
            f"{verb}EntityRecognizer.EntityRecognizerArn": Maker(
                "CreateEntityRecognizer", "EntityRecognizerArn"
            )
            for verb in ("Delete", "Describe", "StopTraining")
        },
        "DescribeDocumentClassificationJob.JobId": Maker("StartDocumentClassificationJob", "JobId"),
        **{
            f"{verb}{job}.JobId": Maker(f"Start{job}", "JobId")
            for job in JOBS
            for verb in ("Describe", "Stop")
        },
    },
    needed={
        "CreateEndpoint": ("ModelArn",),
        "StartDocumentClassificationJob": ("DocumentClassifierArn",),
        "StartPiiEntitiesDetectionJob": ("RedactionConfig",),
    },
)


def prepare(client: Client, operation: str) -> Mapping[str, Any]:
    """Make the bucket that jobs read and write, and what the operation needs."""
    if "Job" in operation or "Tag" in operation:
        bucket = f"texts-{account_in_force()}"
        client.of("s3").ask("CreateBucket", Bucket=bucket)
        client.of("s3").ask("PutObject", Bucket=bucket, Key="in.txt", Body=TEXT.encode())
    if operation in NEED_A_CLASSIFIER:
        bucket = f"models-{account_in_force()}"
        client.of("s3").ask("CreateBucket", Bucket=bucket)
        model = classifier(client, bucket)
        steps = replace(STEPS, values=lambda account: {**values(account), **model})
        return {**steps(client, operation), **model}
    return STEPS(client, operation)


RECIPE = Recipe(
    prepare=prepare,
    needed={
        "ClassifyDocument": ("Text",),
        "CreateEndpoint": ("ModelArn",),
        "DetectEntities": ("Text", "LanguageCode"),
        "StartPiiEntitiesDetectionJob": ("RedactionConfig",),
    },
    without={
        "": ("NextToken", "FlywheelArn"),
        "ClassifyDocument": ("Bytes", "DocumentReaderConfig"),
        "CreateDocumentClassifier": ("VersionName",),
        "DetectEntities": ("EndpointArn", "Bytes", "DocumentReaderConfig"),
        "StartEntitiesDetectionJob": ("EntityRecognizerArn", "FlywheelArn"),
    },
)
