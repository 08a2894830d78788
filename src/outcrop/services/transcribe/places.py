"""Where media files, vocabularies and transcripts are in S3.

Source: https://docs.aws.amazon.com/transcribe/latest/dg/how-input.html, "Output"
"""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from outcrop.aws.errors import ServiceError
from outcrop.aws.presigning import presigned_get_of_object
from outcrop.aws.s3_hosts import bucket_in_host
from outcrop.aws.s3_uris import bucket_and_key
from outcrop.operations import Call
from outcrop.operations.background import call_without_request
from outcrop.services.transcribe import shapes

AWS = "000000000044"
"""The account that service-managed buckets belong to: nobody has it by chance."""
GOOD_FOR = timedelta(minutes=15)
"""How long a URL of a service-managed bucket holds, as the documentation says."""
UNREADABLE = (
    "The S3 URI that you provided can't be accessed. Make sure that you have read permission and"
    " try your request again."
)
NO_OBJECT = (
    "The URI that you provided doesn't point to an S3 object. Make sure that the object exists and"
    " try your request again."
)
UNWRITABLE = (
    "The specified S3 bucket can't be accessed. Make sure that you have write permission and try"
    " your request again."
)
_making = asyncio.Lock()


def place_of(uri: str) -> tuple[str, str]:
    """Return the bucket and the key of a URI: `s3://…`, or an object's URL.

    Raises:
        ServiceError: It is neither.
    """
    try:
        if uri.startswith("s3://"):
            bucket, key = bucket_and_key(uri)
        else:
            parts = urlsplit(uri)
            path = unquote(parts.path).removeprefix("/")
            in_host = bucket_in_host(parts.netloc)
            bucket, key = (in_host, path) if in_host else path.split("/", 1)
    except ValueError as error:
        raise shapes.BadRequestException(NO_OBJECT) from error
    if not bucket or not key:
        raise shapes.BadRequestException(NO_OBJECT)
    return bucket, key


async def check_readable(call: Call, uri: str) -> int:
    """Return how many bytes an object has.

    Raises:
        ServiceError: The caller cannot read it.
    """
    bucket, key = place_of(uri)
    try:
        return int((await call.ask("s3", "HeadObject", Bucket=bucket, Key=key))["ContentLength"])
    except ServiceError as error:
        message = NO_OBJECT if error.code == "NoSuchKey" else UNREADABLE
        raise shapes.BadRequestException(message) from error


async def check_writable(call: Call, bucket: str) -> None:
    """Refuse a bucket that is not there, or not the caller's to see."""
    try:
        await call.ask("s3", "HeadBucket", Bucket=bucket)
    except ServiceError as error:
        raise shapes.BadRequestException(UNWRITABLE) from error


def service_bucket(region: str) -> str:
    """Return the name of the service-managed bucket of a region."""
    return f"aws-transcribe-{region}-prod"


def as_service(call: Call) -> Call:
    """Return a call by which the service itself acts in its own bucket."""
    return call_without_request(
        call.backends,
        service="transcribe",
        operation=call.operation,
        account=AWS,
        region=call.region,
    )


async def make_service_bucket(call: Call) -> None:
    """Make the bucket that a call of `as_service` writes to, unless it is there."""
    given: dict[str, Any] = {"Bucket": service_bucket(call.region)}
    if call.region != "us-east-1":
        given["CreateBucketConfiguration"] = {"LocationConstraint": call.region}
    async with _making:
        try:
            await call.ask("s3", "CreateBucket", **given)
        except ServiceError as error:
            if error.code != "BucketAlreadyOwnedByYou":
                raise


def redacted_key(key: str) -> str:
    """Return where the redacted form of an object lies: beside it, by another name."""
    folder, slash, name = key.rpartition("/")
    return f"{folder}{slash}redacted-{name}"


def url_of(call: Call, bucket: str, key: str) -> str:
    """Return the URL of an object: that of a service-managed bucket holds for a while."""
    url = f"{call.endpoint_url}/{bucket}/{quote(key, safe='/~')}"
    if bucket != service_bucket(call.region):
        return url
    now = call.backends.now()
    credentials = call.backends.sessions.issue(
        account=AWS, arn=f"arn:aws:iam::{AWS}:root", user_id=AWS, expires_at=now + GOOD_FOR
    )
    return presigned_get_of_object(
        url, credentials, region=call.region, now=now, expires_in=GOOD_FOR
    )


async def keep_file(call: Call, name: str, text: str) -> tuple[str, str]:
    """Keep a text of the caller's in the service-managed bucket; return its bucket and key.

    Args:
        call: Whose it is.
        name: Tells it from the caller's other texts in the region.
        text: What it says.
    """
    service = as_service(call)
    await make_service_bucket(service)
    bucket, key = service_bucket(call.region), f"{call.account}/{name}"
    await service.objects.write(bucket, key, text.encode(), content_type="text/plain")
    return bucket, key
