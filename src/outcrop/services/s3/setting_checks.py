"""What S3 refuses of a bucket's settings, and what it adds to them.

Each function takes a setting as it was put and returns it as it is kept.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.aws.arn import Arn
from outcrop.services.s3.access_control_lists import ENFORCED
from outcrop.services.s3.errors import (
    InvalidArgumentError,
    InvalidRequestError,
    MalformedXmlError,
)
from outcrop.services.s3.notifications import DESTINATIONS
from outcrop.services.s3.tag_sets import checked_tags

Value = dict[str, Any]

CROSS_ORIGIN_METHODS = frozenset(("GET", "PUT", "POST", "DELETE", "HEAD"))
MOST_CROSS_ORIGIN_RULES = 100
"""Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html"""
MOST_LIFECYCLE_RULES = 1000
"""Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-set-lifecycle-configuration-intro.html"""
OWNERSHIPS = frozenset((ENFORCED, "BucketOwnerPreferred", "ObjectWriter"))
ENCRYPTIONS = frozenset(("AES256", "aws:kms", "aws:kms:dsse"))
PAYERS = frozenset(("BucketOwner", "Requester"))
ON_OR_OFF = frozenset(("Enabled", "Suspended"))
RULE_STATES = frozenset(("Enabled", "Disabled"))
DESTINATION_SERVICES = {"TopicArn": "sns", "QueueArn": "sqs", "LambdaFunctionArn": "lambda"}
EVENT_FAMILIES = (
    "s3:IntelligentTiering",
    "s3:LifecycleExpiration:",
    "s3:LifecycleTransition",
    "s3:ObjectAcl:Put",
    "s3:ObjectAnnotation:",
    "s3:ObjectCreated:",
    "s3:ObjectRemoved:",
    "s3:ObjectRestore:",
    "s3:ObjectRetention:",
    "s3:ObjectTagging:",
    "s3:ReducedRedundancyLostObject",
    "s3:Replication:",
)


def check_cross_origin(value: Value) -> Value:
    """Check a `CORSConfiguration`."""
    rules = _rules(value, "CORSRules", most=MOST_CROSS_ORIGIN_RULES)
    for rule in rules:
        if not rule.get("AllowedMethods") or not rule.get("AllowedOrigins"):
            raise MalformedXmlError
        for method in rule["AllowedMethods"]:
            if method not in CROSS_ORIGIN_METHODS:
                raise InvalidRequestError(
                    f"Found unsupported HTTP method in CORS config. Unsupported method is {method}"
                )
        _check_wildcards("AllowedOrigin", rule["AllowedOrigins"])
        _check_wildcards("AllowedHeader", rule.get("AllowedHeaders", []))
    return value


def _check_wildcards(element: str, patterns: Sequence[str]) -> None:
    for pattern in patterns:
        if pattern.count("*") > 1:
            raise InvalidRequestError(f'{element} "{pattern}" can not have more than one wildcard.')


def check_lifecycle(value: Value) -> Value:
    """Check a `LifecycleConfiguration`, and name the rules that have no id."""
    rules = _rules(value, "Rules", most=MOST_LIFECYCLE_RULES)
    kept: list[Value] = []
    for rule in rules:
        if rule.get("Status") not in RULE_STATES or ("Filter" not in rule and "Prefix" not in rule):
            raise MalformedXmlError
        if "Filter" in rule and "Prefix" in rule:
            raise MalformedXmlError
        _check_lifecycle_actions(rule)
        kept.append({"ID": secrets.token_urlsafe(36), **rule})
    if len({rule["ID"] for rule in kept}) < len(kept):
        raise InvalidArgumentError("Rule ID must be unique. Found same ID for more than one rule")
    return {**value, "Rules": kept}


def _check_lifecycle_actions(rule: Mapping[str, Any]) -> None:
    whens = ("Days", "Date", "ExpiredObjectDeleteMarker")
    is_right = (
        len(rule.get("Filter", {})) <= 1
        and ("Expiration" not in rule or _has_one(rule["Expiration"], *whens))
        and all(
            _has_one(transition, "Days", "Date") and "StorageClass" in transition
            for transition in rule.get("Transitions", [])
        )
        and all(
            "NoncurrentDays" in transition and "StorageClass" in transition
            for transition in rule.get("NoncurrentVersionTransitions", [])
        )
    )
    if not is_right:
        raise MalformedXmlError


def _has_one(value: Mapping[str, Any], *members: str) -> bool:
    return sum(member in value for member in members) == 1


def check_encryption(value: Value) -> Value:
    """Check a `ServerSideEncryptionConfiguration`."""
    rules = _rules(value, "Rules", most=1)
    default = rules[0].get("ApplyServerSideEncryptionByDefault", {})
    if default.get("SSEAlgorithm") not in ENCRYPTIONS:
        raise MalformedXmlError
    if "KMSMasterKeyID" in default and default["SSEAlgorithm"] == "AES256":
        raise InvalidArgumentError(
            "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or "
            "aws:kms:dsse",
            name="ApplyServerSideEncryptionByDefault",
        )
    return {"Rules": [{"BucketKeyEnabled": False, **rules[0]}]}


def check_website(value: Value) -> Value:
    """Check a `WebsiteConfiguration`."""
    if "RedirectAllRequestsTo" in value:
        if len(value) > 1 or not value["RedirectAllRequestsTo"].get("HostName"):
            raise InvalidArgumentError(
                "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules."
            )
        return value
    suffix = value.get("IndexDocument", {}).get("Suffix", "")
    if not suffix or "/" in suffix:
        raise InvalidArgumentError(
            "The IndexDocument Suffix is not well formed", name="IndexDocument", value=suffix
        )
    return value


def check_tagging(value: Value) -> Value:
    """Check a `Tagging`."""
    if "TagSet" not in value:
        raise MalformedXmlError
    return {"TagSet": checked_tags(value["TagSet"])}


def check_ownership(value: Value) -> Value:
    """Check `OwnershipControls`."""
    rules = _rules(value, "Rules", most=1)
    if rules[0].get("ObjectOwnership") not in OWNERSHIPS:
        raise MalformedXmlError
    return value


def check_accelerate(value: Value) -> Value:
    """Check an `AccelerateConfiguration`."""
    return _one_of(value, "Status", ON_OR_OFF)


def check_request_payment(value: Value) -> Value:
    """Check a `RequestPaymentConfiguration`."""
    return _one_of(value, "Payer", PAYERS)


def check_versioning(value: Value) -> Value:
    """Check a `VersioningConfiguration`."""
    return _one_of(value, "Status", ON_OR_OFF)


def check_public_access_block(value: Value) -> Value:
    """Check a `PublicAccessBlockConfiguration`; what it leaves out is off."""
    if not value:
        raise InvalidRequestError("Must specify at least one configuration.")
    members = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    return {member: bool(value.get(member)) for member in members}


def check_replication(value: Value) -> Value:
    """Check a `ReplicationConfiguration`, and name the rules that have no id."""
    rules = _rules(value, "Rules", most=MOST_LIFECYCLE_RULES)
    if not value.get("Role"):
        raise MalformedXmlError
    for rule in rules:
        if rule.get("Status") not in RULE_STATES or not rule.get("Destination", {}).get("Bucket"):
            raise MalformedXmlError
    return {**value, "Rules": [{"ID": secrets.token_urlsafe(36), **rule} for rule in rules]}


def check_object_lock(value: Value) -> Value:
    """Check an `ObjectLockConfiguration`."""
    if value.get("ObjectLockEnabled") != "Enabled":
        raise MalformedXmlError
    if "Rule" in value:
        default = value["Rule"].get("DefaultRetention", {})
        has_one_period = ("Days" in default) != ("Years" in default)
        if default.get("Mode") not in ("GOVERNANCE", "COMPLIANCE") or not has_one_period:
            raise MalformedXmlError
        if default.get("Days", 1) < 1 or default.get("Years", 1) < 1:
            raise InvalidArgumentError("Default retention period must be a positive integer value.")
    return value


def check_notification(value: Value, region: str) -> Value:
    """Check a `NotificationConfiguration` of a bucket; name its entries that have no id."""
    kept = dict(value)
    for member, arn in DESTINATIONS.items():
        if member in value:
            for entry in value[member]:
                _check_destination(entry.get(arn, ""), arn, region)
            kept[member] = [_listener(entry) for entry in value[member]]
    return kept


def _listener(entry: Mapping[str, Any]) -> Value:
    events = entry.get("Events", [])
    if not events:
        raise MalformedXmlError
    for event in events:
        if not event.startswith(EVENT_FAMILIES):
            raise InvalidArgumentError(
                "The event is not supported for notifications", name="Event", value=event
            )
    kept = {"Id": secrets.token_urlsafe(36), **entry}
    rules = entry.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    if rules:
        kept["Filter"] = {"Key": {"FilterRules": [_filter_rule(rule) for rule in rules]}}
    return kept


def _check_destination(text: str, member: str, region: str) -> None:
    try:
        arn = Arn.parse(text)
    except ValueError as error:
        raise InvalidArgumentError("The ARN could not be parsed", name="Arn", value=text) from error
    if arn.service != DESTINATION_SERVICES[member]:
        raise InvalidArgumentError("The ARN is not well formed", name=member, value=text)
    if arn.region != region:
        raise InvalidArgumentError(
            "The notification destination service region is not valid for the bucket location "
            "constraint",
            name=member,
            value=text,
        )


def _filter_rule(rule: Mapping[str, str]) -> dict[str, str]:
    name = rule.get("Name", "").capitalize()
    if name not in ("Prefix", "Suffix"):
        raise InvalidArgumentError(
            "filter rule name must be either prefix or suffix",
            name="FilterRule.Name",
            value=rule.get("Name", ""),
        )
    return {"Name": name, "Value": rule.get("Value", "")}


def _rules(value: Mapping[str, Any], member: str, *, most: int) -> list[Value]:
    rules: list[Value] = value.get(member, [])
    if not 1 <= len(rules) <= most:
        raise MalformedXmlError
    return rules


def _one_of(value: Value, member: str, allowed: frozenset[str]) -> Value:
    if value.get(member) not in allowed:
        raise MalformedXmlError
    return value


def check_attribute_control(value: Value) -> Value:
    """Check an `AbacStatus`."""
    return _one_of(value, "Status", RULE_STATES)
