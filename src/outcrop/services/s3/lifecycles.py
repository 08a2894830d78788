"""Lifecycle rules: kept and given back; nothing expires by them.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
"""

from __future__ import annotations

from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.s3 import shapes
from outcrop.services.s3.bucket import change_settings, open_bucket
from outcrop.services.s3.configurations import missing
from outcrop.services.s3.errors import InvalidArgumentError, MalformedXmlError
from outcrop.services.s3.setting_checks import check_lifecycle

SMALLEST = ("all_storage_classes_128K", "varies_by_storage_class")
"""Which objects are too small to move; the default first."""


@operation("PutBucketLifecycleConfiguration")
async def put_bucket_lifecycle_configuration(
    call: Call, request: shapes.PutBucketLifecycleConfigurationRequest
) -> shapes.PutBucketLifecycleConfigurationOutput:
    """Keep lifecycle rules."""
    bucket = await open_bucket(call, request)
    if "LifecycleConfiguration" not in request:
        raise MalformedXmlError
    rules = check_lifecycle({**request["LifecycleConfiguration"]})["Rules"]
    smallest = request.get("TransitionDefaultMinimumObjectSize", SMALLEST[0])
    if smallest not in SMALLEST:
        raise InvalidArgumentError(f"Invalid TransitionDefaultMinimumObjectSize found: {smallest}")

    def change(settings: dict[str, Any]) -> None:
        settings["lifecycle"] = {"Rules": rules, "TransitionDefaultMinimumObjectSize": smallest}

    await change_settings(call, bucket, change)
    return {"TransitionDefaultMinimumObjectSize": smallest}


@operation("GetBucketLifecycleConfiguration")
async def get_bucket_lifecycle_configuration(
    call: Call, request: shapes.GetBucketLifecycleConfigurationRequest
) -> shapes.GetBucketLifecycleConfigurationOutput:
    """Give lifecycle rules back."""
    bucket = await open_bucket(call, request)
    lifecycle: shapes.GetBucketLifecycleConfigurationOutput | None = bucket.setting("lifecycle")
    if lifecycle is None:
        raise missing(
            "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist", bucket
        )
    return lifecycle


@operation("DeleteBucketLifecycle")
async def delete_bucket_lifecycle(call: Call, request: shapes.DeleteBucketLifecycleRequest) -> None:
    """Take lifecycle rules away."""
    bucket = await open_bucket(call, request)
    await change_settings(call, bucket, lambda settings: settings.pop("lifecycle", None))
