"""Bucket policies.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from outcrop.aws.errors import ServiceError
from outcrop.aws.user_json import read_json
from outcrop.operations import Call, operation
from outcrop.services.s3 import shapes
from outcrop.services.s3.access import as_list, is_public
from outcrop.services.s3.bucket import Bucket, change_settings, open_bucket
from outcrop.services.s3.configurations import missing
from outcrop.services.s3.errors import (
    AccessDeniedError,
    MalformedPolicyError,
)

MOST_BYTES = 20 * 1024
"""Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html"""
VERSIONS = ("2012-10-17", "2008-10-17")


@operation("PutBucketPolicy")
async def put_bucket_policy(call: Call, request: shapes.PutBucketPolicyRequest) -> None:
    """Keep a bucket's policy; it opens the bucket to other accounts."""
    bucket = await _own_bucket(call, request)
    text = request.get("Policy", "")
    check_policy(text, bucket.name)

    def change(settings: dict[str, Any]) -> None:
        settings["policy"] = text

    await change_settings(call, bucket, change)


@operation("GetBucketPolicy")
async def get_bucket_policy(
    call: Call, request: shapes.GetBucketPolicyRequest
) -> shapes.GetBucketPolicyOutput:
    """Give the policy back as it was put."""
    bucket = await _own_bucket(call, request)
    return {"Policy": _policy(bucket)}


@operation("DeleteBucketPolicy")
async def delete_bucket_policy(call: Call, request: shapes.DeleteBucketPolicyRequest) -> None:
    """Take the policy away."""
    bucket = await _own_bucket(call, request)
    await change_settings(call, bucket, lambda settings: settings.pop("policy", None))


@operation("GetBucketPolicyStatus")
async def get_bucket_policy_status(
    call: Call, request: shapes.GetBucketPolicyStatusRequest
) -> shapes.GetBucketPolicyStatusOutput:
    """Tell whether the policy opens the bucket to everybody."""
    bucket = await _own_bucket(call, request)
    return {"PolicyStatus": {"IsPublic": is_public(_policy(bucket))}}


async def _own_bucket(call: Call, request: Mapping[str, Any]) -> Bucket:
    bucket = await open_bucket(call, request)
    if bucket.owner != call.account:
        raise AccessDeniedError
    return bucket


def _policy(bucket: Bucket) -> str:
    policy = bucket.setting("policy")
    if policy is None:
        raise missing("NoSuchBucketPolicy", "The bucket policy does not exist", bucket)
    return str(policy)


def check_policy(text: str, bucket: str) -> None:
    """Refuse what is no policy of this bucket.

    Raises:
        MalformedPolicyError: The message names the element.
    """
    if len(text.encode(errors="replace")) > MOST_BYTES:
        raise MalformedPolicyError(f"Policies must be at most {MOST_BYTES} bytes long")
    try:
        policy: Any = read_json(text)
    except ValueError as error:
        raise _not_json() from error
    if not _is_map(policy):
        raise _not_json()
    document = cast("Mapping[str, Any]", policy)
    if document.get("Version", VERSIONS[0]) not in VERSIONS:
        raise MalformedPolicyError("The policy must contain a valid version string")
    found = as_list(document.get("Statement", []))
    if not found or not all(_is_map(statement) for statement in found):
        raise MalformedPolicyError("Missing required field Statement")
    for statement in found:
        _check_statement(statement, bucket)


def _check_statement(statement: Mapping[str, Any], bucket: str) -> None:
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise MalformedPolicyError(f"Invalid effect: {statement.get('Effect')}")
    for element in ("Principal", "Action", "Resource"):
        if element not in statement and f"Not{element}" not in statement:
            raise MalformedPolicyError(f"Missing required field {element}")
    for action in as_list(statement.get("Action", statement.get("NotAction"))):
        if not isinstance(action, str) or not (action == "*" or action.lower().startswith("s3:")):
            raise MalformedPolicyError("Policy has invalid action")
    for resource in as_list(statement.get("Resource", statement.get("NotResource"))):
        name = str(resource).removeprefix("arn:aws:s3:::").partition("/")[0]
        if not str(resource).startswith("arn:aws:s3:::") or name not in (bucket, "*"):
            raise MalformedPolicyError("Policy has invalid resource")


def _is_map(value: Any) -> bool:
    return isinstance(value, dict)


def _not_json() -> ServiceError:
    return MalformedPolicyError("Policies must be valid JSON and the first byte must be '{'")
