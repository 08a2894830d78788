"""A client of Bedrock's control plane, and a bucket."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def bedrock(client: Callable[..., Any]) -> Any:
    return client("bedrock")


@pytest.fixture
def s3(client: Callable[..., Any]) -> Any:
    return client("s3")


@pytest.fixture
def bucket(s3: Any, account: str) -> str:
    name = f"bucket-of-{account}"
    s3.create_bucket(Bucket=name)
    return name
