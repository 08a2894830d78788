"""A client of Rekognition, with the weights that it needs."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import vision_weights as weights
from tests.services.rekognition.video_jobs import PutVideo


@pytest.fixture(scope="session")
def vision_weights() -> None:
    """Pull what is missing."""
    weights.vision_weights()


@pytest.fixture
def rekognition(vision_weights: None, client: Callable[..., Any]) -> Any:
    """A client of this test's own account."""
    return client("rekognition")


@pytest.fixture
def collection(rekognition: Any) -> str:
    """An empty collection."""
    rekognition.create_collection(CollectionId="people")
    return "people"


@pytest.fixture
def put_video(client: Callable[..., Any], account: str) -> PutVideo:
    """See `PutVideo`."""
    s3, bucket = client("s3"), f"films-{account}"
    s3.create_bucket(Bucket=bucket)

    def put(name: str, content: bytes) -> dict[str, Any]:
        s3.put_object(Bucket=bucket, Key=name, Body=content)
        return {"S3Object": {"Bucket": bucket, "Name": name}}

    return put
