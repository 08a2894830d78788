"""Texts in languages that there are models for, and a job of each kind."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from conformance.calls import Client, account_in_force
from conformance.recipes import Recipe
from conformance.recipes.comprehend_flywheels import (
    FILTERS,
    NEED_A_FLYWHEEL,
    TASK,
    flywheel,
)
from conformance.recipes.comprehend_models import (
    HAVE_ENDPOINTS,
    NEED_A_CLASSIFIER,
    NEED_A_RECOGNIZER,
    RECOGNIZER_DATA,
    await_end,
    model,
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
HAVE_POLICIES = ("DeleteResourcePolicy", "DescribeResourcePolicy")
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "comprehend:ImportModel",
                "Resource": "*",
                "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
            }
        ],
    }
)
DELETIONS = {
    "DeleteDocumentClassifier": "DocumentClassifierArn",
    "DeleteEntityRecognizer": "EntityRecognizerArn",
}
"""Of models that must not be in training."""


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
        "ResourcePolicy": POLICY,
        "DataLakeS3Uri": f"s3://texts-{account}/lake",
        **TASK,
        **FILTERS,
    }


STEPS = Steps(
    values=values,
    makers={
        "ResourceArn": Maker("StartEntitiesDetectionJob", "JobArn"),
        **{
            f"{operation}.ResourceArn": Maker("CreateDocumentClassifier", "DocumentClassifierArn")
            for operation in ("PutResourcePolicy", *HAVE_POLICIES)
        },
        "DeleteResourcePolicy.PolicyRevisionId": Maker("PutResourcePolicy", "PolicyRevisionId"),
        **{
            f"{operation}.EndpointArn": Maker("CreateEndpoint", "EndpointArn")
            for operation in (*HAVE_ENDPOINTS, "ClassifyDocument")
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
    before=dict.fromkeys(HAVE_POLICIES, ("PutResourcePolicy",)),
    needed={
        "CreateFlywheel": ("ModelType", "TaskConfig"),
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
    named: Mapping[str, Any] = {}
    if operation in NEED_A_CLASSIFIER | NEED_A_RECOGNIZER:
        named = model(client, operation, f"models-{account_in_force()}")
    elif operation in NEED_A_FLYWHEEL:
        named = flywheel(client, operation, f"models-{account_in_force()}")
    if named:
        steps = replace(STEPS, values=lambda account: {**values(account), **named})
        return {**steps(client, operation), **named}
    given = STEPS(client, operation)
    if operation in DELETIONS:
        await_end(client, given[DELETIONS[operation]])
    return given


RECIPE = Recipe(
    prepare=prepare,
    needed={
        "ClassifyDocument": ("Text",),
        "CreateEndpoint": ("ModelArn",),
        "CreateFlywheel": ("ModelType", "TaskConfig"),
        "DetectEntities": ("Text", "LanguageCode"),
        "StartDocumentClassificationJob": ("DocumentClassifierArn",),
        "StartPiiEntitiesDetectionJob": ("RedactionConfig",),
    },
    without={
        "": ("NextToken", "FlywheelArn"),
        "ClassifyDocument": ("Bytes", "DocumentReaderConfig"),
        "CreateDocumentClassifier": ("VersionName",),
        "CreateFlywheel": ("ActiveModelArn",),
        "DetectEntities": ("EndpointArn", "Bytes", "DocumentReaderConfig"),
        "PutResourcePolicy": ("PolicyRevisionId",),
        "UpdateFlywheel": ("ActiveModelArn",),
        "StartEntitiesDetectionJob": ("EntityRecognizerArn", "FlywheelArn"),
    },
)
