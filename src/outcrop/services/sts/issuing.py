"""Temporary credentials as STS hands them out, and the session policies that narrow them.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp.html
"""

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from outcrop.aws.policies import MalformedPolicyError, PolicyDocument
from outcrop.operations import Call
from outcrop.services.sts import shapes

MOST_PACKED_CHARACTERS = 2048
"""What a session's policy and tags may come to together."""


def issue(call: Call, *, account: str, arn: str, user_id: str, seconds: int) -> shapes.Credentials:
    """Return new credentials for a principal, valid for some seconds from now."""
    credentials = call.backends.sessions.issue(
        account=account,
        arn=arn,
        user_id=user_id,
        expires_at=call.backends.now() + timedelta(seconds=seconds),
    )
    return {
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "SessionToken": credentials.session_token,
        "Expiration": credentials.expires_at,
    }


def packed_size(request: Mapping[str, Any]) -> int | None:
    """Return how much of their room a request's session policies and tags take, in percent.

    Raises:
        MalformedPolicyDocumentException: The policy is none.
        PackedPolicyTooLargeException: They take more than there is.
    """
    policy = request.get("Policy", "")
    if policy:
        try:
            PolicyDocument.parse(policy)
        except MalformedPolicyError as error:
            raise shapes.MalformedPolicyDocumentException(str(error)) from error
    arns = sum(len(each.get("arn", "")) for each in request.get("PolicyArns", []))
    tags = sum(len(tag["Key"]) + len(tag["Value"]) for tag in request.get("Tags", []))
    taken = len(policy) + arns + tags
    if not taken:
        return None
    percent = math.ceil(100 * taken / MOST_PACKED_CHARACTERS)
    if percent > 100:
        raise shapes.PackedPolicyTooLargeException(
            f"Packed policy consumes {percent}% of allotted space, please use smaller policy."
        )
    return percent
