"""Settings of which a bucket may have several, told apart by ids: inventories, metrics, tiers.

They are kept and given back; nothing is analysed, inventoried, measured or moved by them.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketInventoryConfiguration.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call, Operation, operation
from outcrop.operations.paging import PageRequest, page_of
from outcrop.services.s3.bucket import Bucket, change_settings, open_bucket
from outcrop.services.s3.configurations import missing
from outcrop.services.s3.errors import InvalidArgumentError, MalformedXmlError

PAGE = 100
"""Of one listing.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBucketInventoryConfigurations.html
"""

Value = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of setting."""

    name: str
    """Under which a bucket keeps them."""
    member: str
    """Which carries one: `InventoryConfiguration`; a list of them has an s more."""
    required: tuple[str, ...] = ()
    """Members of one without which it is refused."""

    def of(self, bucket: Bucket) -> Mapping[str, Value]:
        """Return a bucket's settings of this kind by id."""
        return bucket.setting(self.name, {})


def putting(name: str, kind: Kind) -> Operation:
    """Make the operation that sets one."""

    @operation(name)
    async def put(call: Call, request: Mapping[str, Any]) -> None:
        bucket = await open_bucket(call, request)
        value: Value = request.get(kind.member, {})
        if "Id" not in value or any(member not in value for member in kind.required):
            raise MalformedXmlError
        if value["Id"] != request.get("Id"):
            raise InvalidArgumentError("The id in the URL and the id in the body differ", name="id")

        def change(settings: Value) -> None:
            settings[kind.name] = {**settings.get(kind.name, {}), value["Id"]: value}

        await change_settings(call, bucket, change)

    return put


def getting(name: str, kind: Kind) -> Operation:
    """Make the operation that gives one back."""

    @operation(name)
    async def get(call: Call, request: Mapping[str, Any]) -> Value:
        bucket = await open_bucket(call, request)
        value = kind.of(bucket).get(request["Id"])
        if value is None:
            raise _missing(bucket)
        return {kind.member: value}

    return get


def deleting(name: str, kind: Kind) -> Operation:
    """Make the operation that takes one away."""

    @operation(name)
    async def delete(call: Call, request: Mapping[str, Any]) -> None:
        bucket = await open_bucket(call, request)
        if request["Id"] not in kind.of(bucket):
            raise _missing(bucket)

        def change(settings: Value) -> None:
            kept = {**settings.get(kind.name, {})}
            kept.pop(request["Id"], None)
            settings[kind.name] = kept

        await change_settings(call, bucket, change)

    return delete


def listing(name: str, kind: Kind) -> Operation:
    """Make the operation that lists them by id."""

    @operation(name)
    async def list_all(call: Call, request: Mapping[str, Any]) -> Value:
        bucket = await open_bucket(call, request)
        token = request.get("ContinuationToken")
        error = InvalidArgumentError(
            "The continuation token provided is incorrect", name="continuation-token"
        )
        values = sorted(kind.of(bucket).values(), key=_id)
        page = page_of(values, key=_id, page=PageRequest(limit=PAGE, token=token, error=error))
        answer: Value = {
            f"{kind.member}List": list(page.items),
            "IsTruncated": page.next_token is not None,
        }
        if token is not None:
            answer["ContinuationToken"] = token
        if page.next_token is not None:
            answer["NextContinuationToken"] = page.next_token
        return answer

    return list_all


def _id(value: Value) -> str:
    return str(value["Id"])


def _missing(bucket: Bucket) -> ServiceError:
    return missing("NoSuchConfiguration", "The specified configuration does not exist.", bucket)


ANALYTICS = Kind("analytics", "AnalyticsConfiguration", ("StorageClassAnalysis",))
INVENTORY = Kind("inventory", "InventoryConfiguration", ("Destination", "IsEnabled", "Schedule"))
METRICS = Kind("metrics", "MetricsConfiguration")
TIERING = Kind("intelligent_tiering", "IntelligentTieringConfiguration", ("Status", "Tierings"))

put_analytics = putting("PutBucketAnalyticsConfiguration", ANALYTICS)
get_analytics = getting("GetBucketAnalyticsConfiguration", ANALYTICS)
delete_analytics = deleting("DeleteBucketAnalyticsConfiguration", ANALYTICS)
list_analytics = listing("ListBucketAnalyticsConfigurations", ANALYTICS)

put_inventory = putting("PutBucketInventoryConfiguration", INVENTORY)
get_inventory = getting("GetBucketInventoryConfiguration", INVENTORY)
delete_inventory = deleting("DeleteBucketInventoryConfiguration", INVENTORY)
list_inventory = listing("ListBucketInventoryConfigurations", INVENTORY)

put_metrics = putting("PutBucketMetricsConfiguration", METRICS)
get_metrics = getting("GetBucketMetricsConfiguration", METRICS)
delete_metrics = deleting("DeleteBucketMetricsConfiguration", METRICS)
list_metrics = listing("ListBucketMetricsConfigurations", METRICS)

put_tiering = putting("PutBucketIntelligentTieringConfiguration", TIERING)
get_tiering = getting("GetBucketIntelligentTieringConfiguration", TIERING)
delete_tiering = deleting("DeleteBucketIntelligentTieringConfiguration", TIERING)
list_tiering = listing("ListBucketIntelligentTieringConfigurations", TIERING)
