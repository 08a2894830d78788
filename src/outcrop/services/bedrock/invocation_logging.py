"""Whether and where model invocations are logged.

The log itself is `operations.invocation_log`.

Source:
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_PutModelInvocationLoggingConfiguration.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call, operation
from outcrop.operations.invocation_log import STREAM, log_key
from outcrop.services.bedrock import shapes
from outcrop.services.bedrock.resources import scope
from outcrop.storage.records.interface import Delete, Put

KIND = "invocation-logging"
PERMISSION_CHECK = "amazon-bedrock-logs-permission-check"
"""An empty object by which AWS makes sure that it may write to a bucket, and leaves there."""
DATA = ("text", "image", "embedding", "video", "audio")


@operation("PutModelInvocationLoggingConfiguration")
async def put_model_invocation_logging_configuration(
    call: Call, request: shapes.PutModelInvocationLoggingConfigurationRequest
) -> shapes.PutModelInvocationLoggingConfigurationResponse:
    """Log invocations of this account and region from now on, once the destinations can be used."""
    config = request["loggingConfig"]
    cloudwatch, s3 = config.get("cloudWatchConfig"), config.get("s3Config")
    if cloudwatch is None and s3 is None:
        raise shapes.ValidationException(
            "The logging configuration needs at least one of s3Config and cloudWatchConfig."
        )
    if s3 is not None:
        await _check_bucket(call, s3)
    if cloudwatch is not None:
        await _check_log_group(call, cloudwatch)
        if "largeDataDeliveryS3Config" in cloudwatch:
            await _check_bucket(call, cloudwatch["largeDataDeliveryS3Config"])
    switches = {f"{data}DataDeliveryEnabled": True for data in DATA}
    document = {"config": {**switches, **config}}
    await call.backends.records.write(Put(scope=scope(call, KIND), name=KIND, document=document))
    return {}


@operation("GetModelInvocationLoggingConfiguration")
async def get_model_invocation_logging_configuration(
    call: Call, request: shapes.GetModelInvocationLoggingConfigurationRequest
) -> shapes.GetModelInvocationLoggingConfigurationResponse:
    """Answer with the configuration, with nothing where there is none."""
    del request
    record = await call.backends.records.find(scope(call, KIND), KIND)
    return {} if record is None else {"loggingConfig": record.document["config"]}


@operation("DeleteModelInvocationLoggingConfiguration")
async def delete_model_invocation_logging_configuration(
    call: Call, request: shapes.DeleteModelInvocationLoggingConfigurationRequest
) -> shapes.DeleteModelInvocationLoggingConfigurationResponse:
    """Log no more."""
    del request
    await call.backends.records.write(Delete(scope=scope(call, KIND), name=KIND, must_exist=False))
    return {}


async def _check_bucket(call: Call, config: Mapping[str, Any]) -> None:
    bucket = config["bucketName"]
    key = log_key(config, call.account, call.region, PERMISSION_CHECK)
    try:
        head = await call.ask("s3", "HeadBucket", Bucket=bucket)
        if head["BucketRegion"] == call.region:
            await call.objects.write(bucket, key, b"")
            return
    except ServiceError as error:
        raise _invalid_bucket(bucket) from error
    raise _invalid_bucket(bucket)


def _invalid_bucket(bucket: str) -> ServiceError:
    return shapes.ValidationException(
        f"Failed to validate permissions for S3 bucket: {bucket}. Verify that the bucket is in this"
        " Region and that its policy lets Amazon Bedrock write to it."
    )


async def _check_log_group(call: Call, config: Mapping[str, Any]) -> None:
    group = config["logGroupName"]
    try:
        await call.ask("logs", "CreateLogStream", logGroupName=group, logStreamName=STREAM)
    except ServiceError as error:
        if error.code == "ResourceAlreadyExistsException":
            return
        raise shapes.ValidationException(
            f"Failed to validate permissions for log group: {group}, with role:"
            f" {config['roleArn']}. Verify the IAM role permissions are correct."
        ) from error
