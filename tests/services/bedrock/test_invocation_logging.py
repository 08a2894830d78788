"""The configuration of invocation logging; the log itself is tested with `operations`."""

from collections.abc import Callable
from typing import Any

from tests.services.direct import error_of

ROLE = "arn:aws:iam::123456789012:role/logger"
SWITCHES = {
    f"{data}DataDeliveryEnabled": True for data in ("text", "image", "embedding", "video", "audio")
}


def test_a_configuration_is_kept_until_it_is_deleted(
    bedrock: Any, s3: Any, bucket: str, account: str, client: Callable[..., Any]
) -> None:
    client("logs").create_log_group(logGroupName="/bedrock")
    config: Any = {
        "cloudWatchConfig": {
            "logGroupName": "/bedrock",
            "roleArn": ROLE,
            "largeDataDeliveryS3Config": {"bucketName": bucket, "keyPrefix": "large"},
        },
        "s3Config": {"bucketName": bucket, "keyPrefix": "log"},
        "imageDataDeliveryEnabled": False,
    }

    bedrock.put_model_invocation_logging_configuration(loggingConfig=config)
    kept = bedrock.get_model_invocation_logging_configuration()
    bedrock.delete_model_invocation_logging_configuration()

    assert kept["loggingConfig"] == {**SWITCHES, **config}
    assert "loggingConfig" not in bedrock.get_model_invocation_logging_configuration()
    check = f"AWSLogs/{account}/BedrockModelInvocationLogs/us-east-1"
    keys = [it["Key"] for it in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert keys == [
        f"large/{check}/amazon-bedrock-logs-permission-check",
        f"log/{check}/amazon-bedrock-logs-permission-check",
    ]


def test_destinations_must_exist(bedrock: Any) -> None:
    def refusal(**config: Any) -> dict[str, Any]:
        return error_of(bedrock.put_model_invocation_logging_configuration, loggingConfig=config)

    assert refusal(s3Config={"bucketName": "no-bucket-of-ours"}) == {
        "Code": "ValidationException",
        "Message": (
            "Failed to validate permissions for S3 bucket: no-bucket-of-ours. Verify that the"
            " bucket is in this Region and that its policy lets Amazon Bedrock write to it."
        ),
    }
    assert refusal(cloudWatchConfig={"logGroupName": "/none", "roleArn": ROLE}) == {
        "Code": "ValidationException",
        "Message": (
            f"Failed to validate permissions for log group: /none, with role: {ROLE}. Verify the"
            " IAM role permissions are correct."
        ),
    }
    assert refusal(textDataDeliveryEnabled=True) == {
        "Code": "ValidationException",
        "Message": (
            "The logging configuration needs at least one of s3Config and cloudWatchConfig."
        ),
    }


def test_a_bucket_must_be_in_the_region(bucket: str, client: Callable[..., Any]) -> None:
    elsewhere = client("bedrock", region_name="eu-west-3")

    error = error_of(
        elsewhere.put_model_invocation_logging_configuration,
        loggingConfig={"s3Config": {"bucketName": bucket}},
    )

    assert error["Message"].startswith(f"Failed to validate permissions for S3 bucket: {bucket}.")
