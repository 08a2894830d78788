"""Conditional requests: If-Match and its kin.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outcrop.services.s3 import shapes
from outcrop.services.s3.errors import (
    InvalidArgumentError,
    NotImplementedByS3Error,
    NotModifiedError,
    PreconditionFailedError,
)
from outcrop.services.s3.object_version import ObjectVersion

ANY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteCondition:
    """What must be there, or must not be, for a write to happen."""

    must_be_absent: bool = False
    etag: str | None = None
    """That the current version must have, without quotes."""

    @classmethod
    def of(cls, request: Mapping[str, Any]) -> "WriteCondition":
        """Read the condition of a request that writes an object."""
        none_match, match = request.get("IfNoneMatch"), request.get("IfMatch")
        if none_match is match is None:
            return UNCONDITIONAL
        if none_match is not None and none_match != ANY:
            raise NotImplementedByS3Error("If-None-Match with anything but *")
        if none_match is not None and match is not None:
            raise InvalidArgumentError("If-Match and If-None-Match cannot be used together")
        return cls(
            must_be_absent=none_match is not None,
            etag=unquoted(match) if match is not None else None,
        )

    def check(self, current: ObjectVersion | None, key: str) -> None:
        """Raise unless the condition holds for what is there."""
        if self.must_be_absent and current is not None:
            raise PreconditionFailedError("If-None-Match")
        if self.etag is None:
            return
        if current is None:
            raise shapes.NoSuchKey("The specified key does not exist.", Key=key)
        if self.etag not in (ANY, current.etag):
            raise PreconditionFailedError("If-Match")


UNCONDITIONAL = WriteCondition()


def check_read(version: ObjectVersion, request: Mapping[str, Any]) -> None:
    """Raise unless the conditions of a read hold; of two that disagree the ETag's counts.

    Raises:
        PreconditionFailedError: The object is not what the client expects.
        NotModifiedError: The client has it already.
    """
    failed = _failed(version, request, "")
    if failed:
        raise PreconditionFailedError(failed)
    if _is_known(version, request, ""):
        raise NotModifiedError({"etag": version.quoted_etag, "last-modified": _http_date(version)})


def check_copy_source(version: ObjectVersion, request: Mapping[str, Any]) -> None:
    """Raise unless the conditions on the source of a copy hold."""
    failed = _failed(version, request, "CopySource")
    if failed:
        raise PreconditionFailedError("x-amz-copy-source-" + failed)
    if _is_known(version, request, "CopySource"):
        has_tag = request.get("CopySourceIfNoneMatch") is not None
        condition = "If-None-Match" if has_tag else "If-Modified-Since"
        raise PreconditionFailedError("x-amz-copy-source-" + condition)


def _failed(version: ObjectVersion, request: Mapping[str, Any], prefix: str) -> str:
    match = request.get(f"{prefix}IfMatch")
    if match is not None:
        return "" if _names(match, version) else "If-Match"
    since = request.get(f"{prefix}IfUnmodifiedSince")
    if isinstance(since, datetime) and version.last_modified > since:
        return "If-Unmodified-Since"
    return ""


def _is_known(version: ObjectVersion, request: Mapping[str, Any], prefix: str) -> bool:
    none_match = request.get(f"{prefix}IfNoneMatch")
    if none_match is not None:
        return _names(none_match, version)
    since = request.get(f"{prefix}IfModifiedSince")
    return isinstance(since, datetime) and version.last_modified <= since


def _names(header: str, version: ObjectVersion) -> bool:
    tags = [unquoted(tag) for tag in header.split(",")]
    return ANY in tags or version.etag in tags


def _http_date(version: ObjectVersion) -> str:
    return version.last_modified.strftime("%a, %d %b %Y %H:%M:%S GMT")


def unquoted(etag: str) -> str:
    """Return an ETag without its quotes and without the mark of a weak one."""
    return etag.strip().removeprefix("W/").strip('"')
