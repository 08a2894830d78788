"""Custom models, trained, for the operations of Comprehend that need one."""

import time
from collections.abc import Mapping
from typing import Any

from conformance.calls import Client

ROLE = "arn:aws:iam::000000000000:role/comprehend"
HAVE_ENDPOINTS = ("DeleteEndpoint", "DescribeEndpoint", "UpdateEndpoint")
NEED_A_RECOGNIZER = frozenset((*HAVE_ENDPOINTS, "CreateEndpoint"))
NEED_A_CLASSIFIER = frozenset(
    (
        "ClassifyDocument",
        "DescribeDocumentClassificationJob",
        "ImportModel",
        "StartDocumentClassificationJob",
    )
)
ENDED_WITHIN_SECONDS = 120.0
RECOGNIZER_DATA = {
    "EntityTypes": [{"Type": "PERSON"}],
    "Documents": {"S3Uri": "s3://models/in.txt"},
    "EntityList": {"S3Uri": "s3://models/list.csv"},
}
EXAMPLES = "".join(
    f"GOOD,The dinner number {number} was lovely\nBAD,The train number {number} broke down\n"
    for number in range(10)
)
SENTENCES = "".join(f"Today Anna bought {number} apples.\n" for number in range(40))


def model(client: Client, operation: str, bucket: str) -> Mapping[str, Any]:
    """Train what an operation needs; return the values of members that name it."""
    s3 = client.of("s3")
    s3.ask("CreateBucket", Bucket=bucket)
    if operation in NEED_A_CLASSIFIER:
        s3.ask("PutObject", Bucket=bucket, Key="classes.csv", Body=EXAMPLES.encode())
        arn = client.ask(
            "CreateDocumentClassifier",
            DocumentClassifierName="trained",
            DataAccessRoleArn=ROLE,
            LanguageCode="en",
            InputDataConfig={"S3Uri": f"s3://{bucket}/classes.csv"},
        )["DocumentClassifierArn"]
    else:
        s3.ask("PutObject", Bucket=bucket, Key="in.txt", Body=SENTENCES.encode())
        s3.ask("PutObject", Bucket=bucket, Key="list.csv", Body=b"Text,Type\nAnna,PERSON\n")
        arn = client.ask(
            "CreateEntityRecognizer",
            RecognizerName="trained",
            DataAccessRoleArn=ROLE,
            LanguageCode="en",
            InputDataConfig={
                **RECOGNIZER_DATA,
                "Documents": {"S3Uri": f"s3://{bucket}/in.txt"},
                "EntityList": {"S3Uri": f"s3://{bucket}/list.csv"},
            },
        )["EntityRecognizerArn"]
    await_end(client, arn)
    return {
        "ModelArn": arn,
        "DesiredModelArn": arn,
        "SourceModelArn": arn,
        "StartDocumentClassificationJob.DocumentClassifierArn": arn,
        "Text": "The dinner was lovely",
    }


def await_end(client: Client, arn: str) -> None:
    """Wait until a model is in training no more."""
    noun = "DocumentClassifier" if ":document-classifier/" in arn else "EntityRecognizer"
    until = time.monotonic() + ENDED_WITHIN_SECONDS
    while time.monotonic() < until:
        told = client.ask(f"Describe{noun}", **{f"{noun}Arn": arn})
        if told[f"{noun}Properties"]["Status"] not in ("SUBMITTED", "TRAINING"):
            return
        time.sleep(0.05)
    raise AssertionError(f"The training of {arn} does not end.")
