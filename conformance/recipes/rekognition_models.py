"""A model of Custom Labels: trained once, in an account of its own, and copied to others."""

import io
import json
import threading
import time
from collections.abc import Mapping
from typing import Any

from PIL import Image

from conformance.calls import Client, account_in_force, as_account

OWNER = "999999999991"
"""The account that has the model; each other may copy it."""
ENDED_WITHIN_SECONDS = 300
USED = frozenset(
    (
        "CopyProjectVersion",
        "DeleteProjectVersion",
        "DetectCustomLabels",
        "StartProjectVersion",
        "StopProjectVersion",
    )
)
"""Operations that need a trained model."""
TRAINED = ("CreateProjectVersion", "DescribeProjectVersions")
"""Operations that begin a training, or tell of one."""
_owned: dict[str, Any] = {}
_training = threading.Lock()


def prepare(client: Client, operation: str) -> Mapping[str, Any]:
    """Return a model for an operation, and what else it names."""
    if operation in TRAINED:
        given = {**_output(client), "ProjectArn": _dataset(client)}
        if operation == "DescribeProjectVersions":
            client.ask("CreateProjectVersion", VersionName="first", **given)
        return {**given, "VersionNames": ["first"]}
    given = {**_source(client), **_output(client)}
    given["DestinationProjectArn"] = client.ask("CreateProject", ProjectName="copies")["ProjectArn"]
    if operation == "CopyProjectVersion":
        return given
    arn = client.ask("CopyProjectVersion", VersionName="copy", **given)["ProjectVersionArn"]
    project = given["DestinationProjectArn"]
    _wait(client, project, "COPYING_COMPLETED")
    if operation in ("DetectCustomLabels", "StopProjectVersion"):
        client.ask("StartProjectVersion", ProjectVersionArn=arn, MinInferenceUnits=1)
        _wait(client, project, "RUNNING")
    return {
        "Image": {"Bytes": _picture("white")},
        "MaxInferenceUnits": 2,
        "MinInferenceUnits": 1,
        "ProjectVersionArn": arn,
    }


def _source(client: Client) -> dict[str, Any]:
    """Return the model that is copied, trained with the first call."""
    with _training, as_account(OWNER):
        if not _owned:
            project = _dataset(client)
            given = {"ProjectArn": project, **_output(client)}
            arn = client.ask("CreateProjectVersion", VersionName="first", **given)
            statement = {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "rekognition:CopyProjectVersion",
                "Resource": "*",
            }
            policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            client.ask(
                "PutProjectPolicy", ProjectArn=project, PolicyName="all", PolicyDocument=policy
            )
            _wait(client, project, "TRAINING_COMPLETED")
            _owned["SourceProjectArn"] = project
            _owned["SourceProjectVersionArn"] = arn["ProjectVersionArn"]
        return dict(_owned)


def _output(client: Client) -> dict[str, Any]:
    bucket = f"models-{account_in_force()}"
    client.of("s3").ask("CreateBucket", Bucket=bucket)
    return {"OutputConfig": {"S3Bucket": bucket, "S3KeyPrefix": "out"}}


def _dataset(client: Client) -> str:
    """Make a project with a few images of two labels, and return its ARN."""
    s3, bucket = client.of("s3"), f"images-{account_in_force()}"
    s3.ask("CreateBucket", Bucket=bucket)
    lines: list[str] = []
    for color in ("black", "white"):
        for number in range(2):
            key = f"{color}-{number}.png"
            s3.ask("PutObject", Bucket=bucket, Key=key, Body=_picture(color))
            metadata = {
                "class-name": color,
                "confidence": 1,
                "human-annotated": "yes",
                "creation-date": "2026-03-03T14:35:00.000",
                "type": "groundtruth/image-classification",
            }
            line = {"source-ref": f"s3://{bucket}/{key}", "color": 1, "color-metadata": metadata}
            lines.append(json.dumps(line))
    s3.ask("PutObject", Bucket=bucket, Key="a.manifest", Body="\n".join(lines).encode())
    place = {"S3Object": {"Bucket": bucket, "Name": "a.manifest"}}
    project = client.ask("CreateProject", ProjectName="colors")["ProjectArn"]
    dataset = client.ask(
        "CreateDataset",
        ProjectArn=project,
        DatasetType="TRAIN",
        DatasetSource={"GroundTruthManifest": place},
    )["DatasetArn"]
    until = time.monotonic() + ENDED_WITHIN_SECONDS
    while time.monotonic() < until:
        told = client.ask("DescribeDataset", DatasetArn=dataset)["DatasetDescription"]
        if told["Status"] == "CREATE_COMPLETE":
            break
        time.sleep(0.02)
    return project


def _wait(client: Client, project: str, status: str) -> None:
    until = time.monotonic() + ENDED_WITHIN_SECONDS
    while time.monotonic() < until:
        (told,) = client.ask("DescribeProjectVersions", ProjectArn=project)[
            "ProjectVersionDescriptions"
        ]
        if told["Status"] == status:
            return
        time.sleep(0.02)
    raise AssertionError(f"The model has not become {status}.")


def _picture(color: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (96, 96), color).save(file, "PNG")
    return file.getvalue()
