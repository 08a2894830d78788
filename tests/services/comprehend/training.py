"""Training data in AWS's formats, and trainings that are waited for."""

import csv
import io
import time
from collections.abc import Callable, Sequence
from typing import Any

from tests.services.comprehend.conftest import ROLE

ENDED = ("TRAINED", "IN_ERROR", "STOPPED")


def table(rows: Sequence[Sequence[Any]]) -> bytes:
    """Return rows as CSV."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def trained(describe: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return the properties of a model once its training has ended."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        properties: dict[str, Any] = next(
            value for name, value in describe().items() if name.endswith("Properties")
        )
        if properties["Status"] in ENDED:
            return properties
        time.sleep(0.05)
    raise AssertionError("the training does not end")


def classifier(comprehend: Any, arn: str) -> dict[str, Any]:
    """Return a classifier once its training has ended."""
    return trained(lambda: comprehend.describe_document_classifier(DocumentClassifierArn=arn))


def create(comprehend: Any, name: str, uri: str, **members: Any) -> str:
    """Begin to train a classifier of tables."""
    arn: str = comprehend.create_document_classifier(
        **{
            "DocumentClassifierName": name,
            "DataAccessRoleArn": ROLE,
            "LanguageCode": "en",
            "InputDataConfig": {"S3Uri": uri, **members.pop("config", {})},
            **members,
        }
    )["DocumentClassifierArn"]
    return arn
