"""An S3 client and an empty bucket for each test."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from outcrop import LocalServer

Refusal = Callable[..., dict[str, Any]]


@pytest.fixture
def versioned(s3: Any, bucket: str) -> str:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return bucket


@pytest.fixture
def stranger(server: LocalServer, account: str) -> Any:
    """An S3 client of another account."""
    return boto3.client(
        "s3",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id=f"{int(account) + 7 * 10**8:012d}"[-12:],
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 1}),
    )


@pytest.fixture
def refusal() -> Refusal:
    """Call an operation that must fail; give the error with its status."""

    def call(operation: Callable[..., Any], **parameters: Any) -> dict[str, Any]:
        with pytest.raises(ClientError) as caught:
            operation(**parameters)
        response: Any = caught.value.response
        return {**response["Error"], "status": response["ResponseMetadata"]["HTTPStatusCode"]}

    return call
