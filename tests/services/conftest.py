"""What tests of all services may ask for: a client of S3, and a bucket."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def s3(client: Callable[..., Any]) -> Any:
    return client("s3")


@pytest.fixture
def bucket(s3: Any, account: str) -> str:
    name = f"bucket-of-{account}"
    s3.create_bucket(Bucket=name)
    return name
