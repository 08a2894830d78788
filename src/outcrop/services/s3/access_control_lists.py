"""Access control lists: canned ones and grants, as headers and as documents.

They are kept and shown, and decide nothing.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.services.s3.bucket import OFF, Bucket
from outcrop.services.s3.errors import (
    AccessControlListNotSupportedError,
    InvalidArgumentError,
    InvalidRequestError,
    MalformedAclError,
    UnresolvableGrantError,
)
from outcrop.services.s3.owners import canonical_id, owner

ENFORCED = "BucketOwnerEnforced"
WRITER = "ObjectWriter"
ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
AUTHENTICATED_USERS = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
LOG_DELIVERY = "http://acs.amazonaws.com/groups/s3/LogDelivery"
CANNED: Mapping[str, Sequence[tuple[str, str]]] = {
    "private": (),
    "public-read": ((ALL_USERS, "READ"),),
    "public-read-write": ((ALL_USERS, "READ"), (ALL_USERS, "WRITE")),
    "authenticated-read": ((AUTHENTICATED_USERS, "READ"),),
    "log-delivery-write": ((LOG_DELIVERY, "WRITE"), (LOG_DELIVERY, "READ_ACP")),
    "bucket-owner-read": (),
    "bucket-owner-full-control": (),
    "aws-exec-read": (),
}
"""What each gives to groups; the owner has full control in all of them."""
GRANT_HEADERS = {
    "GrantFullControl": "FULL_CONTROL",
    "GrantRead": "READ",
    "GrantReadACP": "READ_ACP",
    "GrantWrite": "WRITE",
    "GrantWriteACP": "WRITE_ACP",
}
PERMISSIONS = frozenset(GRANT_HEADERS.values())
GRANTEE_TYPES = {"id": "CanonicalUser", "uri": "Group", "emailaddress": "AmazonCustomerByEmail"}
GRANTEE_MEMBERS = {"CanonicalUser": "ID", "Group": "URI"}

Grant = Mapping[str, Any]


def ownership(bucket: Bucket) -> str:
    """Return who owns what is written into a bucket: the first rule of its ownership controls."""
    controls: Any = bucket.setting("ownership")
    if controls is None:
        return ENFORCED
    return WRITER if controls == OFF else str(controls["Rules"][0]["ObjectOwnership"])


def object_grants(bucket: Bucket, request: Mapping[str, Any]) -> list[Grant] | None:
    """Return the grants that come with a new object, `None` for none.

    Raises:
        AccessControlListNotSupportedError: The bucket's ownership switches lists off.
    """
    if ownership(bucket) == ENFORCED:
        refuse_lists(request, allowed=("private", "bucket-owner-full-control"))
        return None
    return granted_by(request, owner_account=bucket.owner)


def refuse_lists(request: Mapping[str, Any], *, allowed: Collection[str]) -> None:
    """Refuse any list but the allowed canned ones.

    Raises:
        AccessControlListNotSupportedError: There is one.
    """
    canned = request.get("ACL")
    if canned is not None and canned not in CANNED:
        raise InvalidArgumentError("", name="x-amz-acl", value=canned)
    has_grants = not GRANT_HEADERS.keys().isdisjoint(request)
    if canned is not None and has_grants:
        raise two_kinds()
    if has_grants or canned not in (None, *allowed):
        raise AccessControlListNotSupportedError


def granted_by(request: Mapping[str, Any], *, owner_account: str) -> list[Grant] | None:
    """Return the grants that the headers of a request ask for, `None` when they ask for none."""
    canned = request.get("ACL")
    headers = {name: request[name] for name in GRANT_HEADERS if name in request}
    if canned is not None and headers:
        raise two_kinds()
    if headers:
        return [
            {"Grantee": grantee, "Permission": GRANT_HEADERS[name]}
            for name, header in headers.items()
            for grantee in _grantees(header)
        ]
    if canned is None:
        return None
    if canned not in CANNED:
        raise InvalidArgumentError("", name="x-amz-acl", value=canned)
    groups = [
        {"Grantee": {"Type": "Group", "URI": uri}, "Permission": permission}
        for uri, permission in CANNED[canned]
    ]
    return [full_control(owner_account), *groups]


def two_kinds() -> ServiceError:
    """Return the error for a canned list beside grants."""
    return InvalidRequestError("Specifying both Canned ACLs and Header Grants is not allowed")


def full_control(account: str) -> Grant:
    """Return the grant that an owner has."""
    grantee = {"ID": canonical_id(account), "Type": "CanonicalUser"}
    return {"Grantee": grantee, "Permission": "FULL_CONTROL"}


def _grantees(header: str) -> list[dict[str, str]]:
    """Read `id="…", uri="…"`."""
    grantees: list[dict[str, str]] = []
    for item in header.split(","):
        kind, equals, value = item.strip().partition("=")
        grantee_type = GRANTEE_TYPES.get(kind.lower())
        if not equals or grantee_type is None:
            raise InvalidArgumentError("Argument format not recognized", value=header)
        grantees.append(_grantee(grantee_type, value.strip('"')))
    return grantees


def _grantee(grantee_type: str, value: str) -> dict[str, str]:
    if grantee_type == "AmazonCustomerByEmail":
        raise UnresolvableGrantError(
            "The e-mail address you provided does not match any account on record."
        )
    if grantee_type == "Group" and value not in (ALL_USERS, AUTHENTICATED_USERS, LOG_DELIVERY):
        raise InvalidArgumentError("Invalid group uri", name="uri", value=value)
    return {"Type": grantee_type, GRANTEE_MEMBERS[grantee_type]: value}


def granted_in(policy: Mapping[str, Any]) -> list[Grant]:
    """Return the grants of an `AccessControlPolicy`.

    Raises:
        MalformedAclError: It is not one.
    """
    if "Grants" not in policy or not policy.get("Owner", {}).get("ID"):
        raise MalformedAclError
    return [_checked(grant) for grant in policy["Grants"]]


def _checked(grant: Mapping[str, Any]) -> Grant:
    grantee: Mapping[str, str] = grant.get("Grantee", {})
    kind, permission = grantee.get("Type", ""), grant.get("Permission")
    if permission not in PERMISSIONS or kind not in GRANTEE_TYPES.values():
        raise MalformedAclError
    value = grantee.get(GRANTEE_MEMBERS.get(kind, "EmailAddress"), "")
    if not value:
        raise MalformedAclError
    return {"Grantee": _grantee(kind, value), "Permission": permission}


def shown(grants: Sequence[Grant] | None, account: str) -> dict[str, Any]:
    """Return a list as GetBucketAcl and GetObjectAcl answer it."""
    given = [full_control(account)] if grants is None else list(grants)
    return {"Owner": owner(account), "Grants": given}
