from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError


def test_logging_needs_a_target(client: Callable[..., Any]) -> None:
    s3 = client("s3", config=Config(parameter_validation=False))
    s3.create_bucket(Bucket="logged-without-a-target")

    with pytest.raises(ClientError) as caught:
        s3.put_bucket_logging(
            Bucket="logged-without-a-target",
            BucketLoggingStatus={"LoggingEnabled": {"TargetPrefix": "logs/"}},
        )

    assert caught.value.response["Error"]["Code"] == "MalformedXML"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
