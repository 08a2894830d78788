"""Buckets: created, found, listed and deleted.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
"""

from __future__ import annotations

import re
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.paging import to_token
from outcrop.services.s3 import shapes
from outcrop.services.s3.access_control_lists import granted_by, refuse_lists
from outcrop.services.s3.bucket import (
    ENABLED,
    Bucket,
    bucket_scope,
    create_bucket_record,
    delete_bucket_record,
    find_bucket,
    name_taken,
    open_bucket,
)
from outcrop.services.s3.errors import (
    AccessDeniedError,
    BucketNotEmptyError,
    IllegalLocationConstraintError,
    InvalidArgumentError,
    InvalidLocationConstraintError,
    InvalidNamespaceHeaderError,
)
from outcrop.services.s3.listing import place_of
from outcrop.services.s3.names import check_bucket_name
from outcrop.services.s3.owners import owner
from outcrop.services.s3.start_up import drop_records
from outcrop.services.s3.tag_sets import checked_tags

CLASSIC_REGION = "us-east-1"
"""Its buckets have no location constraint."""
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
OLD_NAME_OF_IRELAND = "EU"
MOST_BUCKETS = 10_000
"""Of a page, and of an account.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/BucketRestrictions.html
"""
OWNERSHIPS = ("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter")
KINDS_THAT_FILL = ("object", "version")
KINDS_THAT_GO = ("body", "upload", "part", "head")


@operation("CreateBucket")
async def create_bucket(
    call: Call, request: shapes.CreateBucketRequest
) -> shapes.CreateBucketOutput:
    """Create a bucket; in us-east-1 one that is the caller's already is no error."""
    name = request["Bucket"]
    check_bucket_name(name)
    configuration = request.get("CreateBucketConfiguration", {})
    region = region_of(call, configuration.get("LocationConstraint"))
    answer: shapes.CreateBucketOutput = {
        "Location": location(call, name, region),
        "BucketArn": f"arn:aws:s3:::{name}",
    }
    _check_namespace(call, request, region)
    existing = await find_bucket(call, name)
    if existing is not None:
        _refuse_taken(call, existing, region)
        return answer
    settings = _first_settings(call, request)
    await create_bucket_record(call, name, region=region, settings=settings)
    return answer


def region_of(call: Call, constraint: str | None) -> str:
    """Return the region of a new bucket, given where the request was sent."""
    if not constraint:
        if call.region != CLASSIC_REGION:
            raise IllegalLocationConstraintError("unspecified")
        return CLASSIC_REGION
    region = "eu-west-1" if constraint == OLD_NAME_OF_IRELAND else constraint
    if call.region not in (region, CLASSIC_REGION):
        raise IllegalLocationConstraintError(constraint)
    if region == CLASSIC_REGION or not REGION.fullmatch(region):
        raise InvalidLocationConstraintError(constraint)
    return region


def _check_namespace(call: Call, request: shapes.CreateBucketRequest, region: str) -> None:
    """Refuse a name of the account's own namespace that does not end as those do."""
    ending = f"-{call.account}-{region}-an"
    namespace = request.get("BucketNamespace", "global")
    if namespace == "account-regional" and not request["Bucket"].endswith(ending):
        raise InvalidNamespaceHeaderError(
            f"The bucket's name must end in {ending} in the account-regional namespace."
        )


def location(call: Call, name: str, region: str) -> str:
    """Return where a new bucket is: a path, or a URL when it is in another region than asked."""
    return f"/{name}" if region == CLASSIC_REGION else f"{call.endpoint_url}/{name}/"


def _refuse_taken(call: Call, existing: Bucket, region: str) -> None:
    if existing.owner != call.account:
        raise name_taken(existing.name)
    if existing.region != CLASSIC_REGION or region != CLASSIC_REGION:
        raise shapes.BucketAlreadyOwnedByYou(
            "Your previous request to create the named bucket succeeded and you already own it.",
            BucketName=existing.name,
        )


def _first_settings(call: Call, request: shapes.CreateBucketRequest) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    ownership = request.get("ObjectOwnership", OWNERSHIPS[0])
    if ownership not in OWNERSHIPS:
        raise InvalidArgumentError(
            "Invalid x-amz-object-ownership header",
            name="x-amz-object-ownership",
            value=ownership,
        )
    if ownership != OWNERSHIPS[0]:
        settings["ownership"] = {"Rules": [{"ObjectOwnership": ownership}]}
    else:
        refuse_lists(request, allowed=("private",))
    grants = granted_by(request, owner_account=call.account)
    if grants is not None:
        settings["grants"] = grants
    if request.get("ObjectLockEnabledForBucket"):
        settings["object_lock"] = {"ObjectLockEnabled": ENABLED}
        settings["versioning"] = {"Status": ENABLED}
    tags = request.get("CreateBucketConfiguration", {}).get("Tags")
    if tags:
        settings["tagging"] = {"TagSet": checked_tags(tags)}
    return settings


@operation("HeadBucket")
async def head_bucket(call: Call, request: shapes.HeadBucketRequest) -> shapes.HeadBucketOutput:
    """Answer where a bucket is."""
    bucket = await open_bucket(call, request)
    return {
        "BucketRegion": bucket.region,
        "AccessPointAlias": False,
        "BucketArn": f"arn:aws:s3:::{bucket.name}",
    }


@operation("GetBucketLocation")
async def get_bucket_location(
    call: Call, request: shapes.GetBucketLocationRequest
) -> shapes.GetBucketLocationOutput:
    """Answer where a bucket is; us-east-1 has no name here."""
    region = (await open_bucket(call, request)).region
    return {} if region == CLASSIC_REGION else {"LocationConstraint": region}


@operation("DeleteBucket")
async def delete_bucket(call: Call, request: shapes.DeleteBucketRequest) -> None:
    """Delete an empty bucket; uploads that were not completed go with it."""
    bucket = await open_bucket(call, request)
    if bucket.owner != call.account:
        raise AccessDeniedError
    for kind in KINDS_THAT_FILL:
        if await call.backends.records.list(bucket.scope(kind), limit=1):
            message = "The bucket you tried to delete is not empty"
            if kind == "version":
                message += ". You must delete all versions in the bucket."
            raise BucketNotEmptyError(message, bucket.name)
    await delete_bucket_record(call, bucket)
    for kind in KINDS_THAT_GO:
        await drop_records(call.backends, bucket.scope(kind))


@operation("ListBuckets")
async def list_buckets(call: Call, request: shapes.ListBucketsRequest) -> shapes.ListBucketsOutput:
    """List the caller's buckets by name."""
    limit = request.get("MaxBuckets", MOST_BUCKETS)
    if not 1 <= limit <= MOST_BUCKETS:
        raise InvalidArgumentError(
            f"Argument max-buckets must be an integer between 1 and {MOST_BUCKETS}",
            name="max-buckets",
            value=limit,
        )
    prefix, region = request.get("Prefix", ""), request.get("BucketRegion")
    after = place_of(request.get("ContinuationToken"))
    # An account has so few buckets that all are read at once.
    records = await call.backends.records.list(bucket_scope(call.account), limit=MOST_BUCKETS)
    buckets = [
        Bucket(record)
        for record in records
        if record.name > after
        and record.name.startswith(prefix)
        and region in (None, record.document["region"])
    ]
    is_described = bool({"MaxBuckets", "Prefix", "BucketRegion", "ContinuationToken"} & {*request})
    answer: shapes.ListBucketsOutput = {
        "Owner": owner(call.account),
        "Buckets": [_described(bucket, whole=is_described) for bucket in buckets[:limit]],
    }
    if len(buckets) > limit:
        answer["ContinuationToken"] = to_token(buckets[limit - 1].name)
    if "Prefix" in request:
        answer["Prefix"] = prefix
    return answer


def _described(bucket: Bucket, *, whole: bool) -> shapes.Bucket:
    shown: shapes.Bucket = {
        "Name": bucket.name,
        "CreationDate": bucket.record.document["created"],
        "BucketArn": f"arn:aws:s3:::{bucket.name}",
    }
    if whole:
        shown["BucketRegion"] = bucket.region
    return shown
