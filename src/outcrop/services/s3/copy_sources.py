"""Sources of copies, as the header `x-amz-copy-source` names them.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from outcrop.operations import Call
from outcrop.services.s3.access import check_access
from outcrop.services.s3.bucket import Bucket, bucket_named
from outcrop.services.s3.conditions import check_copy_source
from outcrop.services.s3.errors import AccessDeniedError, InvalidArgumentError, InvalidUriError
from outcrop.services.s3.names import check_key
from outcrop.services.s3.object_store import ObjectStore
from outcrop.services.s3.object_version import ObjectVersion

HEADER = "x-amz-copy-source"
VERSION_QUERY = "?versionId="


@dataclass(frozen=True, slots=True)
class CopySource:
    """The object that is copied."""

    store: ObjectStore
    key: str
    version: ObjectVersion
    is_versioned_request: bool
    """Whether the header names a version."""

    @property
    def bucket(self) -> Bucket:
        """Where it is."""
        return self.store.bucket


async def copy_source(call: Call, request: Mapping[str, Any]) -> CopySource:
    """Return the source that a request names, if the caller may read it and its conditions hold."""
    name, key, version_id = parsed(request["CopySource"])
    bucket = await bucket_named(call, name)
    expected = request.get("ExpectedSourceBucketOwner")
    if expected is not None and expected != bucket.owner:
        raise AccessDeniedError
    check_access(
        bucket.setting("policy"),
        call,
        owner=bucket.owner,
        bucket=name,
        request={"Key": key},
        action="s3:GetObject",
    )
    check_key(key)
    store = ObjectStore(call, bucket)
    version = await store.get(key, version_id)
    check_copy_source(version, request)
    return CopySource(store, key, version, version_id is not None)


def parsed(header: str) -> tuple[str, str, str | None]:
    """Return bucket, key and version id of a header such as `/bucket/a%20key?versionId=…`."""
    path, marked, version_id = header.partition(VERSION_QUERY)
    try:
        decoded = unquote_to_bytes(path).decode()
    except UnicodeDecodeError as error:
        raise InvalidUriError(header) from error
    bucket, slash, key = decoded.removeprefix("/").partition("/")
    if not bucket or not slash or not key:
        raise InvalidArgumentError(
            "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
            name=HEADER,
            value=header,
        )
    return bucket, key, version_id if marked else None
