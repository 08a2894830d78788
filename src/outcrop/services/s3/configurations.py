"""Settings of buckets that are put, given back and deleted as one document each.

What Outcrop does with each of them is told in the documentation page of the service.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingBucket.html#bucket-config-options-intro
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call, Operation, operation
from outcrop.services.s3 import setting_checks as checks
from outcrop.services.s3.bucket import (
    ENABLED,
    OFF,
    Bucket,
    change_settings,
    find_bucket,
    open_bucket,
)
from outcrop.services.s3.errors import (
    InvalidBucketStateError,
    InvalidRequestError,
    MissingConfigurationError,
    MissingRequestBodyError,
)

Value = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One kind of setting."""

    name: str
    """Under which a bucket keeps it."""
    member: str
    """Which carries it in the Put operation."""
    check: Callable[[Value], Value]
    """Returns what to keep, or raises."""
    missing: tuple[str, str] = ("", "")
    """Code and message of the error for a bucket without it; none where that is no error."""
    default: Value | None = None
    """What a bucket has of it before anybody puts it."""
    empty: Value | None = None
    """What counts as none of it."""
    is_payload: bool = False
    """Whether the Get operation gives it whole in one member, called as in the Put operation."""
    precondition: Callable[[Bucket, Value], None] | None = None
    """Raises where the bucket's other settings forbid it."""
    elsewhere: Callable[[Call, Value], Awaitable[None]] | None = None
    """Raises where the buckets that it names forbid it."""

    def of(self, bucket: Bucket) -> Value | None:
        """Return a bucket's value, the default included."""
        value = bucket.setting(self.name, self.default)
        return None if value == OFF else value


def putting(name: str, setting: Setting) -> Operation:
    """Make the operation that sets a setting."""

    @operation(name)
    async def put(call: Call, request: Mapping[str, Any]) -> None:
        bucket = await open_bucket(call, request)
        value: Value | None = request.get(setting.member)
        if value is None:
            raise MissingRequestBodyError
        kept = setting.check(value)
        if setting.precondition is not None:
            setting.precondition(bucket, kept)
        if setting.elsewhere is not None:
            await setting.elsewhere(call, kept)

        def change(settings: Value) -> None:
            settings[setting.name] = kept

        await change_settings(call, bucket, change)

    return put


def getting(name: str, setting: Setting) -> Operation:
    """Make the operation that gives a setting back."""

    @operation(name)
    async def get(call: Call, request: Mapping[str, Any]) -> Value:
        bucket = await open_bucket(call, request)
        value = setting.of(bucket)
        if value is None or value == setting.empty:
            if setting.missing[0]:
                raise missing(*setting.missing, bucket)
            return {}
        return {setting.member: value} if setting.is_payload else value

    return get


def deleting(name: str, setting: Setting) -> Operation:
    """Make the operation that takes a setting away."""

    @operation(name)
    async def delete(call: Call, request: Mapping[str, Any]) -> None:
        bucket = await open_bucket(call, request)

        def change(settings: Value) -> None:
            settings.pop(setting.name, None)
            if setting.default is not None and setting.missing[0]:
                settings[setting.name] = OFF

        await change_settings(call, bucket, change)

    return delete


def missing(code: str, message: str, bucket: Bucket) -> ServiceError:
    """Return the error for a setting that a bucket does not have."""
    kind = type(code, (MissingConfigurationError,), {"code": code})
    return kind(message, BucketName=bucket.name)


def _must_be_versioned(what: str, error: type[ServiceError]) -> Callable[[Bucket, Value], None]:
    def check(bucket: Bucket, value: Value) -> None:
        del value
        if bucket.versioning != ENABLED:
            raise error(
                f"Versioning must be 'Enabled' on the bucket to apply a {what}",
                BucketName=bucket.name,
            )

    return check


async def _can_be_replicated_to(call: Call, value: Value) -> None:
    for rule in value["Rules"]:
        destination = await find_bucket(call, rule["Destination"]["Bucket"].rpartition(":")[2])
        if destination is None:
            raise InvalidRequestError("Destination bucket must exist.")
        if destination.versioning != ENABLED:
            raise InvalidRequestError("Destination bucket must have versioning enabled.")


def _may_be_accelerated(bucket: Bucket, value: Value) -> None:
    del value
    if "." in bucket.name:
        raise InvalidRequestError(
            "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names"
        )


def _may_change_versioning(bucket: Bucket, value: Value) -> None:
    if bucket.setting("object_lock") is not None and value["Status"] != ENABLED:
        raise InvalidBucketStateError(
            "An Object Lock configuration is present on this bucket, so the versioning state "
            "cannot be changed."
        )


CROSS_ORIGIN = Setting(
    name="cors",
    member="CORSConfiguration",
    check=checks.check_cross_origin,
    missing=("NoSuchCORSConfiguration", "The CORS configuration does not exist"),
)
ENCRYPTION = Setting(
    name="encryption",
    member="ServerSideEncryptionConfiguration",
    check=checks.check_encryption,
    default={
        "Rules": [
            {
                "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
                "BucketKeyEnabled": False,
            }
        ]
    },
    is_payload=True,
)
WEBSITE = Setting(
    name="website",
    member="WebsiteConfiguration",
    check=checks.check_website,
    missing=(
        "NoSuchWebsiteConfiguration",
        "The specified bucket does not have a website configuration",
    ),
)
TAGGING = Setting(
    name="tagging",
    member="Tagging",
    check=checks.check_tagging,
    missing=("NoSuchTagSet", "The TagSet does not exist"),
    empty={"TagSet": []},
)
OWNERSHIP = Setting(
    name="ownership",
    member="OwnershipControls",
    check=checks.check_ownership,
    missing=(
        "OwnershipControlsNotFoundError",
        "The bucket ownership controls were not found",
    ),
    default={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
    is_payload=True,
)
PUBLIC_ACCESS_BLOCK = Setting(
    name="public_access_block",
    member="PublicAccessBlockConfiguration",
    check=checks.check_public_access_block,
    missing=(
        "NoSuchPublicAccessBlockConfiguration",
        "The public access block configuration was not found",
    ),
    default={
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": True,
        "RestrictPublicBuckets": True,
    },
    is_payload=True,
)
REPLICATION = Setting(
    name="replication",
    member="ReplicationConfiguration",
    check=checks.check_replication,
    missing=(
        "ReplicationConfigurationNotFoundError",
        "The replication configuration was not found",
    ),
    is_payload=True,
    precondition=_must_be_versioned("replication configuration", InvalidRequestError),
    elsewhere=_can_be_replicated_to,
)
OBJECT_LOCK = Setting(
    name="object_lock",
    member="ObjectLockConfiguration",
    check=checks.check_object_lock,
    missing=(
        "ObjectLockConfigurationNotFoundError",
        "Object Lock configuration does not exist for this bucket",
    ),
    is_payload=True,
    precondition=_must_be_versioned("Object Lock configuration", InvalidBucketStateError),
)
ACCELERATE = Setting(
    name="accelerate",
    member="AccelerateConfiguration",
    check=checks.check_accelerate,
    precondition=_may_be_accelerated,
)
REQUEST_PAYMENT = Setting(
    name="request_payment",
    member="RequestPaymentConfiguration",
    check=checks.check_request_payment,
    default={"Payer": "BucketOwner"},
)
VERSIONING = Setting(
    name="versioning",
    member="VersioningConfiguration",
    check=checks.check_versioning,
    precondition=_may_change_versioning,
)
ATTRIBUTE_CONTROL = Setting(
    name="abac",
    member="AbacStatus",
    check=checks.check_attribute_control,
    default={"Status": "Disabled"},
    is_payload=True,
)

put_bucket_cors = putting("PutBucketCors", CROSS_ORIGIN)
get_bucket_cors = getting("GetBucketCors", CROSS_ORIGIN)
delete_bucket_cors = deleting("DeleteBucketCors", CROSS_ORIGIN)

put_bucket_encryption = putting("PutBucketEncryption", ENCRYPTION)
get_bucket_encryption = getting("GetBucketEncryption", ENCRYPTION)
delete_bucket_encryption = deleting("DeleteBucketEncryption", ENCRYPTION)

put_bucket_website = putting("PutBucketWebsite", WEBSITE)
get_bucket_website = getting("GetBucketWebsite", WEBSITE)
delete_bucket_website = deleting("DeleteBucketWebsite", WEBSITE)

put_bucket_tagging = putting("PutBucketTagging", TAGGING)
get_bucket_tagging = getting("GetBucketTagging", TAGGING)
delete_bucket_tagging = deleting("DeleteBucketTagging", TAGGING)

put_bucket_ownership_controls = putting("PutBucketOwnershipControls", OWNERSHIP)
get_bucket_ownership_controls = getting("GetBucketOwnershipControls", OWNERSHIP)
delete_bucket_ownership_controls = deleting("DeleteBucketOwnershipControls", OWNERSHIP)

put_public_access_block = putting("PutPublicAccessBlock", PUBLIC_ACCESS_BLOCK)
get_public_access_block = getting("GetPublicAccessBlock", PUBLIC_ACCESS_BLOCK)
delete_public_access_block = deleting("DeletePublicAccessBlock", PUBLIC_ACCESS_BLOCK)

put_bucket_replication = putting("PutBucketReplication", REPLICATION)
get_bucket_replication = getting("GetBucketReplication", REPLICATION)
delete_bucket_replication = deleting("DeleteBucketReplication", REPLICATION)

put_object_lock_configuration = putting("PutObjectLockConfiguration", OBJECT_LOCK)
get_object_lock_configuration = getting("GetObjectLockConfiguration", OBJECT_LOCK)

put_bucket_accelerate_configuration = putting("PutBucketAccelerateConfiguration", ACCELERATE)
get_bucket_accelerate_configuration = getting("GetBucketAccelerateConfiguration", ACCELERATE)

put_bucket_request_payment = putting("PutBucketRequestPayment", REQUEST_PAYMENT)
get_bucket_request_payment = getting("GetBucketRequestPayment", REQUEST_PAYMENT)

put_bucket_versioning = putting("PutBucketVersioning", VERSIONING)
get_bucket_versioning = getting("GetBucketVersioning", VERSIONING)

put_bucket_abac = putting("PutBucketAbac", ATTRIBUTE_CONTROL)
get_bucket_abac = getting("GetBucketAbac", ATTRIBUTE_CONTROL)
