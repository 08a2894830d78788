"""Flywheels that tests make, and their jobs, which are waited for."""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from outcrop.aws.s3_uris import bucket_and_key
from tests.services.comprehend.conftest import ROLE
from tests.services.comprehend.training import table

AT_WORK = ("CREATING", "TRAINING", "EVALUATING")


def done(describe: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what an operation tells of something once it has ended."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        answer = describe()
        told: dict[str, Any] = next(
            value for name, value in answer.items() if name.endswith("Properties")
        )
        if told["Status"] not in AT_WORK:
            return told
        time.sleep(0.05)
    raise AssertionError("it does not end")


def flywheel(comprehend: Any, bucket: str, name: str, **members: Any) -> dict[str, Any]:
    """Return a flywheel once it is made."""
    arn = comprehend.create_flywheel(
        FlywheelName=name,
        DataAccessRoleArn=ROLE,
        DataLakeS3Uri=f"s3://{bucket}/lake",
        **members,
    )["FlywheelArn"]
    return done(lambda: comprehend.describe_flywheel(FlywheelArn=arn))


def dataset(
    comprehend: Any, arn: str, name: str, kind: str, config: dict[str, Any], **members: Any
) -> dict[str, Any]:
    """Return a dataset once it is in the data lake."""
    made = comprehend.create_dataset(
        FlywheelArn=arn, DatasetName=name, DatasetType=kind, InputDataConfig=config, **members
    )["DatasetArn"]
    return done(lambda: comprehend.describe_dataset(DatasetArn=made))


def table_in(s3: Any, bucket: str, key: str, rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Write a table of labelled documents; return the `InputDataConfig` that names it."""
    s3.put_object(Bucket=bucket, Key=key, Body=table(rows))
    return {"DocumentClassifierInputDataConfig": {"S3Uri": f"s3://{bucket}/{key}"}}


def iterated(comprehend: Any, arn: str) -> dict[str, Any]:
    """Return an iteration of a flywheel once it has ended."""
    started = comprehend.start_flywheel_iteration(FlywheelArn=arn)
    return done(
        lambda: comprehend.describe_flywheel_iteration(
            FlywheelArn=arn, FlywheelIterationId=started["FlywheelIterationId"]
        )
    )


def report(s3: Any, iteration: dict[str, Any], name: str) -> dict[str, Any]:
    """Return what an iteration has left in the data lake."""
    bucket, prefix = bucket_and_key(iteration["EvaluationManifestS3Prefix"])
    content = s3.get_object(Bucket=bucket, Key=f"{prefix}{name}")["Body"].read()
    found: dict[str, Any] = json.loads(content)
    return found


def keys(s3: Any, uri: str) -> list[str]:
    """Return what lies below a URI, without what is common to all."""
    bucket, prefix = bucket_and_key(uri)
    found = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    return [each["Key"].removeprefix(prefix) for each in found]
