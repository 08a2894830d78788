"""Signature Version 2 of S3, in the Authorization header or the query; no input or output.

boto3 presigns S3 URLs with it by default.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html
"""

import base64
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

from outcrop.aws.canonical_request import wire_octets
from outcrop.aws.http import HttpRequest
from outcrop.aws.query_strings import signing_parameters
from outcrop.aws.refusals import FailedSignature, Refusals
from outcrop.aws.s3_hosts import bucket_in_host

_SCHEME = "AWS "
_is_subresource = re.compile(
    "accelerate|acl|analytics|cors|defaultObjectAcl|delete|inventory|lifecycle|location|logging|"
    "metrics|notification|object-lock|partNumber|policy|replication|requestPayment|"
    "response-(cache-control|content-(disposition|encoding|language|type)|expires)|restore|select|"
    "select-type|storageClass|tagging|torrent|uploadId|uploads|versionId|versioning|versions|website"
).fullmatch
"""The parameters that are signed: those that botocore's `HmacV1Auth` signs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sigv2Claim:
    """A signature as a request carries it, read but not verified."""

    access_key_id: str
    signature: str
    """In Base64."""
    date_line: str
    """What is signed of the time: an HTTP date, seconds since 1970, or nothing."""
    signed_at: datetime | None
    """When a request with the signature in its header was signed."""
    expires_at: datetime | None
    """When a presigned request ends."""
    session_token: str
    """Empty for long-lived keys."""


def read_header(request: HttpRequest, refusals: Refusals) -> Sigv2Claim:
    """Read `Authorization: AWS access-key-id:signature`.

    Raises:
        ServiceError: A part is missing or malformed.
    """
    headers = request.headers
    authorization = headers.get("authorization", "")
    access_key_id, colon, signature = authorization.removeprefix(_SCHEME).rpartition(":")
    stamp = headers.get("x-amz-date") or headers.get("date", "")
    if not colon or not access_key_id or not stamp:
        raise refusals.malformed(
            "AWS authentication requires a valid Date or x-amz-date header and an Authorization "
            "header of the form AWS ACCESS-KEY-ID:SIGNATURE.",
            "header",
        )
    try:
        signed_at = parsedate_to_datetime(stamp).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        raise refusals.malformed(f"{stamp!r} is not a valid HTTP date.", "header") from None
    return Sigv2Claim(
        access_key_id=access_key_id,
        signature=signature,
        date_line="" if headers.get("x-amz-date") else stamp,
        signed_at=signed_at,
        expires_at=None,
        session_token=headers.get("x-amz-security-token", ""),
    )


def read_query(request: HttpRequest, refusals: Refusals) -> Sigv2Claim:
    """Read `AWSAccessKeyId`, `Signature` and `Expires` of a presigned URL.

    Raises:
        ServiceError: A part is missing or malformed.
    """
    found = signing_parameters(request.query_string)
    expires = found.get("expires", "")
    if not (found.get("awsaccesskeyid") and found.get("signature") and expires):
        raise refusals.malformed(
            "Query-string authentication requires the Signature, Expires and AWSAccessKeyId "
            "parameters",
            "query",
        )
    if not (expires.isascii() and expires.isdigit() and len(expires) <= 11):
        raise refusals.malformed(
            f"Invalid date (should be seconds since epoch): {expires}", "query"
        )
    return Sigv2Claim(
        access_key_id=found["awsaccesskeyid"],
        signature=found["signature"],
        date_line=expires,
        signed_at=None,
        expires_at=datetime.fromtimestamp(int(expires), UTC),
        session_token=found.get("x-amz-security-token")
        or request.headers.get("x-amz-security-token", ""),
    )


def check_age(claim: Sigv2Claim, now: datetime, refusals: Refusals) -> None:
    """Refuse a request from another time.

    Raises:
        ServiceError: It was signed too long ago, in the future, or its expiry is over.
    """
    if claim.expires_at is not None and claim.expires_at < now:
        raise refusals.past_expiry(claim.expires_at, now)
    if claim.signed_at is not None:
        if claim.signed_at < now - refusals.max_skew:
            raise refusals.too_old(claim.signed_at, now)
        if claim.signed_at > now + refusals.max_skew:
            raise refusals.too_early(claim.signed_at, now)


def check_signature(
    claim: Sigv2Claim, request: HttpRequest, *, secret: str, refusals: Refusals
) -> None:
    """Refuse a request that is not what the owner of `secret` signed.

    Raises:
        ServiceError: The signature is another one.
    """
    string_to_sign = _string_to_sign(claim, request)
    if not is_signed_by(secret, string_to_sign, claim.signature):
        raise refusals.mismatch(
            FailedSignature(
                access_key_id=claim.access_key_id,
                signature=claim.signature,
                string_to_sign=string_to_sign,
            ).without(claim.session_token)
        )


def is_signed_by(secret: str, string_to_sign: str, signature: str) -> bool:
    """Tell, in a time that does not depend on the answer, whether a signature is right."""
    digest = hmac.digest(secret.encode(), wire_octets(string_to_sign), "sha1")
    return hmac.compare_digest(base64.b64encode(digest), signature.encode("utf-8", "surrogatepass"))


def _string_to_sign(claim: Sigv2Claim, request: HttpRequest) -> str:
    query = signing_parameters(request.query_string) if claim.expires_at else {}
    signed = _amazon_headers(request.headers, query)
    head = [
        request.method.upper(),
        request.headers.get("content-md5") or query.get("content-md5", ""),
        request.headers.get("content-type") or query.get("content-type", ""),
        claim.date_line,
    ]
    return "\n".join([*head, *signed, _resource(request)])


def _amazon_headers(headers: Mapping[str, str], query: Mapping[str, str]) -> list[str]:
    """Return a line for each `x-amz-` header; a presigned URL has them among its parameters."""
    found = {
        name: value.strip()
        for source in (query, headers)
        for name, value in source.items()
        if name.startswith("x-amz-")
    }
    return [f"{name}:{value}" for name, value in sorted(found.items())]


def _resource(request: HttpRequest) -> str:
    """Return the path with its bucket, wherever the client named it, and the subresources."""
    bucket = bucket_in_host(request.headers.get("host", ""))
    path = f"/{bucket}{request.raw_path}" if bucket else request.raw_path
    parameters: list[str] = []
    for pair in sorted(request.query_string.split("&")):
        name, equals, value = pair.partition("=")
        if _is_subresource(name):
            parameters.append(f"{name}={unquote(value)}" if equals else name)
    return f"{path}?{'&'.join(parameters)}" if parameters else path
