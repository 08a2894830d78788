"""Who may use a bucket: its owner always, others as its policy says.

Only what opens a bucket to other accounts is evaluated: `Allow` statements without a `Condition`,
and any `Deny` that names the caller. The owner's account is not held to its own policy.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-policy-language-overview.html
"""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, cast

from outcrop.aws.user_json import read_json
from outcrop.operations import Call
from outcrop.services.s3.errors import AccessDeniedError

ACTIONS = {
    "AbortMultipartUpload": "s3:AbortMultipartUpload",
    "CompleteMultipartUpload": "s3:PutObject",
    "CopyObject": "s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "DeleteObject": "s3:DeleteObject",
    "DeleteObjects": "s3:DeleteObject",
    "GetObjectAttributes": "s3:GetObject",
    "HeadBucket": "s3:ListBucket",
    "HeadObject": "s3:GetObject",
    "ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "ListObjectVersions": "s3:ListBucketVersions",
    "ListObjects": "s3:ListBucket",
    "ListObjectsV2": "s3:ListBucket",
    "ListParts": "s3:ListMultipartUploadParts",
    "UploadPart": "s3:PutObject",
    "UploadPartCopy": "s3:PutObject",
}
"""Permissions that are not called as their operation is.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

READS = frozenset(
    (
        "GetObject",
        "GetObjectAttributes",
        "GetObjectTagging",
        "HeadBucket",
        "HeadObject",
        "ListObjectVersions",
        "ListObjects",
        "ListObjectsV2",
    )
)
"""What a bucket's policy can allow to callers who sign nothing."""


def check_access(
    policy: str | None,
    call: Call,
    *,
    owner: str,
    bucket: str,
    request: Mapping[str, Any],
    action: str = "",
) -> None:
    """Refuse what neither ownership nor the bucket's policy allows.

    Args:
        policy: The bucket policy, as JSON, or `None`.
        call: Who asks, for which operation.
        owner: The bucket's account.
        bucket: The bucket's name.
        request: Its `Key`, if any, is the object asked for.
        action: The permission needed, where it does not follow from the operation.
    """
    if call.account == owner:
        return
    key = request.get("Key")
    resource = f"arn:aws:s3:::{bucket}" if key is None else f"arn:aws:s3:::{bucket}/{key}"
    wanted = action or ACTIONS.get(call.operation, f"s3:{call.operation}")
    effects = {
        effect
        for statement in statements(policy)
        if (effect := effect_of(statement, call, action=wanted, resource=resource))
    }
    if effects != {"Allow"}:
        raise AccessDeniedError


def statements(policy: str | None) -> Iterator[Mapping[str, Any]]:
    """Give the statements of a policy that was checked when it was put."""
    yield from as_list(read_json(policy)["Statement"]) if policy else ()


def is_public(policy: str) -> bool:
    """Tell whether a policy opens its bucket to everybody."""
    return any(
        statement.get("Effect") == "Allow"
        and not statement.get("Condition")
        and "*" in _named(statement, "Principal")
        for statement in statements(policy)
    )


def _named(statement: Mapping[str, Any], element: str) -> list[Any]:
    principal: Any = statement.get(element, [])
    if isinstance(principal, Mapping):
        principal = cast("Mapping[str, Any]", principal).get("AWS", [])
    return as_list(principal)


def as_list(value: Any) -> list[Any]:
    """Return a policy's element as a list: one alone may stand without."""
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def effect_of(statement: Mapping[str, Any], call: Call, *, action: str, resource: str) -> str:
    """Return `Allow` or `Deny` if the statement speaks of this request, else nothing."""
    effect = str(statement.get("Effect", ""))
    if effect == "Allow" and statement.get("Condition"):
        return ""
    speaks = (
        names_principal(statement, call)
        and names_any(statement, "Action", action.lower(), lower=True)
        and names_any(statement, "Resource", resource)
    )
    return effect if speaks else ""


def names_principal(statement: Mapping[str, Any], call: Call) -> bool:
    """Tell whether a statement is about the caller."""
    negated = "Principal" not in statement
    named = _named(statement, "NotPrincipal" if negated else "Principal")
    known = {"*"}
    if call.account:  # Who signed nothing is nobody but one of all.
        known |= {call.account, f"arn:aws:iam::{call.account}:root", call.principal.arn}
    return any(name in known for name in named) != negated


def names_any(
    statement: Mapping[str, Any], element: str, text: str, *, lower: bool = False
) -> bool:
    """Tell whether an element of a statement, or its negation, covers a text."""
    negated = element not in statement
    patterns = as_list(statement.get(f"Not{element}" if negated else element, []))
    texts = (str(pattern).lower() if lower else str(pattern) for pattern in patterns)
    return any(fnmatchcase(text, pattern.replace("[", "[[]")) for pattern in texts) != negated
