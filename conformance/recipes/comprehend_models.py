"""A custom model, trained, for the operations of Comprehend that need one."""

import time
from collections.abc import Mapping
from typing import Any

from conformance.calls import Client

ROLE = "arn:aws:iam::000000000000:role/comprehend"
HAVE_ENDPOINTS = ("ClassifyDocument", "DeleteEndpoint", "DescribeEndpoint", "UpdateEndpoint")
NEED_A_CLASSIFIER = frozenset(
    (
        "ClassifyDocument",
        "CreateEndpoint",
        "DeleteEndpoint",
        "DescribeDocumentClassificationJob",
        "DescribeEndpoint",
        "StartDocumentClassificationJob",
        "UpdateEndpoint",
    )
)
TRAINED_WITHIN_SECONDS = 120.0
RECOGNIZER_DATA = {
    "EntityTypes": [{"Type": "PERSON"}],
    "Documents": {"S3Uri": "s3://models/in.txt"},
    "EntityList": {"S3Uri": "s3://models/list.csv"},
}
EXAMPLES = "".join(
    f"GOOD,The dinner number {number} was lovely\nBAD,The train number {number} broke down\n"
    for number in range(10)
)


def classifier(client: Client, bucket: str) -> Mapping[str, Any]:
    """Return the values of members that name a trained classifier."""
    client.of("s3").ask("PutObject", Bucket=bucket, Key="classes.csv", Body=EXAMPLES.encode())
    arn = client.ask(
        "CreateDocumentClassifier",
        DocumentClassifierName="trained",
        DataAccessRoleArn=ROLE,
        LanguageCode="en",
        InputDataConfig={"S3Uri": f"s3://{bucket}/classes.csv"},
    )["DocumentClassifierArn"]
    until = time.monotonic() + TRAINED_WITHIN_SECONDS
    while time.monotonic() < until:
        told = client.ask("DescribeDocumentClassifier", DocumentClassifierArn=arn)
        if told["DocumentClassifierProperties"]["Status"] not in ("SUBMITTED", "TRAINING"):
            break
        time.sleep(0.05)
    return {
        "ModelArn": arn,
        "DesiredModelArn": arn,
        "StartDocumentClassificationJob.DocumentClassifierArn": arn,
        "Text": "The dinner was lovely",
    }
