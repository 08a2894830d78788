"""Flywheels with their datasets and iterations, for the operations of Comprehend that need one."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from conformance.calls import Client
from conformance.recipes.comprehend_models import ENDED_WITHIN_SECONDS, EXAMPLES, ROLE

NEED_A_FLYWHEEL = frozenset(
    (
        "CreateDataset",
        "DeleteFlywheel",
        "DescribeDataset",
        "DescribeFlywheel",
        "DescribeFlywheelIteration",
        "ListFlywheelIterationHistory",
        "StartFlywheelIteration",
        "UpdateFlywheel",
    )
)
NEED_A_DATASET = frozenset(
    ("DescribeDataset", "DescribeFlywheelIteration", "StartFlywheelIteration")
)
TASK = {
    "ModelType": "DOCUMENT_CLASSIFIER",
    "TaskConfig": {
        "LanguageCode": "en",
        "DocumentClassificationConfig": {"Mode": "MULTI_CLASS", "Labels": ["GOOD", "BAD"]},
    },
}
FILTERS = {
    "ListDatasets.Filter": {"Status": "COMPLETED"},
    "ListFlywheels.Filter": {"Status": "ACTIVE"},
    "ListFlywheelIterationHistory.Filter": {"CreationTimeAfter": datetime(2026, 1, 1, tzinfo=UTC)},
}


def source(bucket: str) -> Mapping[str, Any]:
    """Return the `InputDataConfig` of a dataset."""
    return {"DocumentClassifierInputDataConfig": {"S3Uri": f"s3://{bucket}/classes.csv"}}


def flywheel(client: Client, operation: str, bucket: str) -> Mapping[str, Any]:
    """Make what an operation needs; return the values of members that name it."""
    client.of("s3").ask("CreateBucket", Bucket=bucket)
    client.of("s3").ask("PutObject", Bucket=bucket, Key="classes.csv", Body=EXAMPLES.encode())
    arn = client.ask(
        "CreateFlywheel",
        FlywheelName="wheel",
        DataAccessRoleArn=ROLE,
        DataLakeS3Uri=f"s3://{bucket}/lake",
        **TASK,
    )["FlywheelArn"]
    _await(client, "DescribeFlywheel", "FlywheelProperties", FlywheelArn=arn)
    named = {"FlywheelArn": arn, "CreateDataset.InputDataConfig": source(bucket)}
    if operation in NEED_A_DATASET:
        dataset = client.ask(
            "CreateDataset", FlywheelArn=arn, DatasetName="made", InputDataConfig=source(bucket)
        )["DatasetArn"]
        _await(client, "DescribeDataset", "DatasetProperties", DatasetArn=dataset)
        named["DatasetArn"] = dataset
    if operation == "DescribeFlywheelIteration":
        started = client.ask("StartFlywheelIteration", FlywheelArn=arn)
        named["FlywheelIterationId"] = started["FlywheelIterationId"]
    return named


def _await(client: Client, operation: str, member: str, **named: str) -> None:
    until = time.monotonic() + ENDED_WITHIN_SECONDS
    while time.monotonic() < until:
        if client.ask(operation, **named)[member]["Status"] != "CREATING":
            return
        time.sleep(0.05)
    raise AssertionError(f"{named} is not made.")
