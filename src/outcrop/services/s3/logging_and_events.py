"""Where a bucket's access logs and event notifications go.

Access logs are not written. Events go to the configured webhook, see `operations.event_delivery`.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
"""

from __future__ import annotations

from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.event_delivery import deliver_soon
from outcrop.services.s3 import shapes
from outcrop.services.s3.bucket import change_settings, find_bucket, open_bucket
from outcrop.services.s3.errors import (
    CrossLocationLoggingProhibitedError,
    InvalidTargetBucketForLoggingError,
    MalformedXmlError,
)
from outcrop.services.s3.notifications import test_announcement
from outcrop.services.s3.setting_checks import check_notification


@operation("PutBucketLogging")
async def put_bucket_logging(call: Call, request: shapes.PutBucketLoggingRequest) -> None:
    """Keep where access logs should go."""
    bucket = await open_bucket(call, request)
    if "BucketLoggingStatus" not in request:
        raise MalformedXmlError
    status = request["BucketLoggingStatus"]
    if "LoggingEnabled" in status:
        if "TargetBucket" not in status["LoggingEnabled"]:
            raise MalformedXmlError
        name = status["LoggingEnabled"]["TargetBucket"]
        target = await find_bucket(call, name)
        if target is None or target.owner != bucket.owner:
            raise InvalidTargetBucketForLoggingError(
                "The target bucket for logging does not exist", TargetBucket=name
            )
        if target.region != bucket.region:
            raise CrossLocationLoggingProhibitedError(bucket.region, target.region)

    def change(settings: dict[str, Any]) -> None:
        settings["logging"] = status

    await change_settings(call, bucket, change)


@operation("GetBucketLogging")
async def get_bucket_logging(
    call: Call, request: shapes.GetBucketLoggingRequest
) -> shapes.GetBucketLoggingOutput:
    """Tell where access logs should go; nothing if nowhere."""
    bucket = await open_bucket(call, request)
    return bucket.setting("logging", {})


@operation("PutBucketNotificationConfiguration")
async def put_bucket_notification_configuration(
    call: Call, request: shapes.PutBucketNotificationConfigurationRequest
) -> None:
    """Keep who listens to what, and send each listener a test."""
    bucket = await open_bucket(call, request)
    if "NotificationConfiguration" not in request:
        raise MalformedXmlError
    configuration = check_notification({**request["NotificationConfiguration"]}, bucket.region)

    def change(settings: dict[str, Any]) -> None:
        settings["notification"] = configuration

    await change_settings(call, bucket, change)
    writes = test_announcement(call, bucket, configuration)
    if writes:
        await call.backends.records.write(*writes)
        deliver_soon(call.backends)


@operation("GetBucketNotificationConfiguration")
async def get_bucket_notification_configuration(
    call: Call, request: shapes.GetBucketNotificationConfigurationRequest
) -> shapes.NotificationConfiguration:
    """Tell who listens to what; nothing if nobody."""
    bucket = await open_bucket(call, request)
    return bucket.setting("notification", {})
