"""Where the service keeps the files that it was given: a bucket of its own, read by presigned URLs.

Source: https://docs.aws.amazon.com/translate/latest/APIReference/API_TerminologyDataLocation.html
"""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from outcrop.aws.errors import ServiceError
from outcrop.aws.presigning import presigned_get_of_object
from outcrop.operations import Call
from outcrop.operations.background import call_without_request

AWS = "000000000000"
"""The account that the service's own buckets belong to: no caller is in it."""
GOOD_FOR = timedelta(minutes=30)
REPOSITORY = "S3"
_making = asyncio.Lock()


def _bucket(region: str) -> str:
    return f"aws-translate-data-prod-{region}"


def _as_service(call: Call) -> Call:
    return call_without_request(
        call.backends,
        service="translate",
        operation=call.operation,
        account=AWS,
        region=call.region,
    )


async def keep(call: Call, key: str, content: bytes) -> None:
    """Keep a file."""
    service = _as_service(call)
    given: dict[str, Any] = {"Bucket": _bucket(call.region)}
    if call.region != "us-east-1":
        given["CreateBucketConfiguration"] = {"LocationConstraint": call.region}
    async with _making:
        try:
            await service.ask("s3", "CreateBucket", **given)
        except ServiceError as error:
            if error.code != "BucketAlreadyOwnedByYou":
                raise
    await service.objects.write(_bucket(call.region), key, content)


async def read(call: Call, key: str) -> bytes:
    """Return a file that was kept."""
    return await _as_service(call).objects.read(_bucket(call.region), key)


async def drop(call: Call, *keys: str) -> None:
    """Delete files; those that are gone are no error."""
    service = _as_service(call)
    for key in keys:
        await service.ask("s3", "DeleteObject", Bucket=_bucket(call.region), Key=key)


def location(call: Call, key: str) -> Any:
    """Return where whoever asks may read a file for a while."""
    now = call.backends.now()
    credentials = call.backends.sessions.issue(
        account=AWS, arn=f"arn:aws:iam::{AWS}:root", user_id=AWS, expires_at=now + GOOD_FOR
    )
    url = f"{call.endpoint_url}/{_bucket(call.region)}/{quote(key, safe='/~')}"
    return {
        "RepositoryType": REPOSITORY,
        "Location": presigned_get_of_object(
            url, credentials, region=call.region, now=now, expires_in=GOOD_FOR
        ),
    }
