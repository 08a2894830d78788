"""Event notifications: which listeners hear of a change, and what they are told.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any
from urllib.parse import quote_plus

from outcrop.operations import Call
from outcrop.operations.event_delivery import outbox, queued
from outcrop.services.s3.bucket import Bucket
from outcrop.services.s3.object_version import NULL_VERSION, ObjectVersion
from outcrop.storage.records.interface import Write

DESTINATIONS = {
    "TopicConfigurations": "TopicArn",
    "QueueConfigurations": "QueueArn",
    "LambdaFunctionConfigurations": "LambdaFunctionArn",
}
EVERYWHERE = "arn:aws:events"
"""Stands for EventBridge, which hears of everything."""


def announcement(
    call: Call, bucket: Bucket, event: str, key: str, version: ObjectVersion
) -> list[Write]:
    """Return the writes that queue the news of a change, in one batch with the change itself.

    Nothing is queued where no webhook is configured: nobody would ever come for it.
    """
    configuration: Mapping[str, Any] = bucket.setting("notification", {})
    if not call.backends.webhook_url or not configuration:
        return []
    return [
        queued(
            outbox(bucket.owner, "s3"),
            f"{_now_us(call):016x}-{call.request_id}-{version.version_id}-{number}",
            arn,
            {"Records": [record_of(call, bucket, event, key, version, configuration_id)]},
        )
        for number, (arn, configuration_id) in enumerate(listeners(configuration, event, key))
    ]


def test_announcement(call: Call, bucket: Bucket, configuration: Mapping[str, Any]) -> list[Write]:
    """Return the writes that queue a test event for each destination of a new configuration."""
    if not call.backends.webhook_url:
        return []
    now = call.backends.now().astimezone(UTC)
    message = {
        "Service": "Amazon S3",
        "Event": "s3:TestEvent",
        "Time": now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z",
        "Bucket": bucket.name,
        "RequestId": call.request_id,
        "HostId": call.request_id,
    }
    arns = dict.fromkeys(
        entry[arn]
        for member, arn in DESTINATIONS.items()
        for entry in configuration.get(member, [])
    )
    return [
        queued(
            outbox(bucket.owner, "s3"),
            f"{_now_us(call):016x}-{call.request_id}-test-{number}",
            arn,
            message,
        )
        for number, arn in enumerate(arns)
    ]


def listeners(configuration: Mapping[str, Any], event: str, key: str) -> Iterator[tuple[str, str]]:
    """Give the ARN of each destination that wants an event, with its configuration's id."""
    for member, arn in DESTINATIONS.items():
        for entry in configuration.get(member, []):
            if any(covers(wanted, event) for wanted in entry["Events"]) and _passes(entry, key):
                yield entry[arn], entry.get("Id", "")
    if "EventBridgeConfiguration" in configuration:
        yield EVERYWHERE, ""


def covers(wanted: str, event: str) -> bool:
    """Tell whether a subscription to `s3:ObjectCreated:*` takes an `ObjectCreated:Put`."""
    name = wanted.removeprefix("s3:")
    return event.startswith(name[:-1]) if name.endswith("*") else event == name


def _passes(entry: Mapping[str, Any], key: str) -> bool:
    rules: list[Mapping[str, str]] = entry.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    return all(
        key.startswith(rule["Value"])
        if rule["Name"].lower() == "prefix"
        else key.endswith(rule["Value"])
        for rule in rules
    )


def record_of(
    call: Call,
    bucket: Bucket,
    event: str,
    key: str,
    version: ObjectVersion,
    configuration_id: str,
) -> dict[str, Any]:
    """Return one record of an event message."""
    now = call.backends.now().astimezone(UTC)
    told: dict[str, Any] = {"key": quote_plus(key), "sequencer": f"{_now_us(call):016X}"}
    if not event.startswith("ObjectRemoved"):
        told |= {"size": version.size, "eTag": version.etag}
    if version.version_id != NULL_VERSION:
        told["versionId"] = version.version_id
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": bucket.region,
        "eventTime": now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z",
        "eventName": event,
        "userIdentity": {"principalId": f"AWS:{call.principal.user_id}"},
        "responseElements": {"x-amz-request-id": call.request_id},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": configuration_id,
            "bucket": {
                "name": bucket.name,
                "ownerIdentity": {"principalId": bucket.owner},
                "arn": f"arn:aws:s3:::{bucket.name}",
            },
            "object": told,
        },
    }


def _now_us(call: Call) -> int:
    return int(call.backends.now().timestamp() * 1e6)
