"""Buckets as they are kept: found by name from any account, opened for those who may.

Bucket names are global. Each account keeps the records of its own buckets, so that emptying an
account empties them; one global record per name says whose it is.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call, records
from outcrop.services.s3 import shapes
from outcrop.services.s3.access import check_access, is_public
from outcrop.services.s3.cross_origin import add_cross_origin_headers
from outcrop.services.s3.errors import AccessDeniedError, OperationAbortedError
from outcrop.services.s3.names import check_bucket_name
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    Record,
    RecordExistsError,
    RecordNotFoundError,
    Replace,
    Scope,
    StaleRecordError,
)

NAMES = Scope(account="", region="", service="s3", kind="bucket-name")
ENABLED = "Enabled"
OFF = "off"
"""Kept in place of a setting that has a default and was deleted."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket and its settings."""

    record: Record

    @property
    def name(self) -> str:
        """Unique over all accounts."""
        return self.record.name

    @property
    def owner(self) -> str:
        """The account."""
        return self.record.scope.account

    @property
    def region(self) -> str:
        """Where it was created."""
        return str(self.record.document["region"])

    @property
    def versioning(self) -> str:
        """Empty as long as nobody has set it, then `Enabled` or `Suspended`."""
        found = self.setting("versioning")
        return str(found.get("Status", "")) if found else ""

    @property
    def settings(self) -> Mapping[str, Any]:
        """What Put… operations left, by the setting's name."""
        settings: dict[str, Any] = self.record.document["settings"]
        return settings

    def setting(self, name: str, default: Any = None) -> Any:
        """Return one setting as it was put."""
        return self.record.document["settings"].get(name, default)

    def scope(self, kind: str) -> Scope:
        """Return where the records of one kind lie that belong to this bucket.

        It bears the bucket's own id: one of the same name, created later, starts empty.
        """
        return _scope_in(self.owner, self.record.document["id"], kind)


@lru_cache(maxsize=4096)
def _scope_in(owner: str, bucket_id: str, kind: str) -> Scope:
    return Scope(account=owner, region="", service="s3", kind=f"{kind}/{bucket_id}")


@lru_cache(maxsize=1024)
def bucket_scope(account: str) -> Scope:
    """Return where an account's buckets lie."""
    return Scope(account=account, region="", service="s3", kind="bucket")


async def find_bucket(call: Call, name: str) -> Bucket | None:
    """Return a bucket of any account, or `None`."""
    store = call.backends.records
    record = await store.find_shared(bucket_scope(call.account), name)
    if record is None:
        owner = await store.find_shared(NAMES, name)
        if owner is None or owner.document["account"] == call.account:
            return None
        record = await store.find_shared(bucket_scope(owner.document["account"]), name)
    return Bucket(record) if record is not None else None


async def open_bucket(call: Call, request: Mapping[str, Any]) -> Bucket:
    """Return the bucket that a request names, if the caller may do with it what is asked.

    A request for many keys is checked key by key, see `check_key_access`.

    Raises:
        NoSuchBucket: There is none.
        InvalidBucketNameError: There can be none.
        AccessDeniedError: It belongs to somebody else.
    """
    bucket = await bucket_named(call, request["Bucket"])
    expected = request.get("ExpectedBucketOwner")
    if expected is not None and expected != bucket.owner:
        raise AccessDeniedError
    if "Delete" not in request:
        check_key_access(call, bucket, request)
    if "origin" in call.headers:
        add_cross_origin_headers(bucket.setting("cors", {}).get("CORSRules", []), call)
    return bucket


def check_key_access(call: Call, bucket: Bucket, request: Mapping[str, Any]) -> None:
    """Refuse what the caller may not do with the bucket, or with the request's key.

    Raises:
        AccessDeniedError: The bucket is somebody else's, whose policy does not allow it.
    """
    policy = bucket.setting("policy")
    if policy and _is_restricted(bucket) and is_public(policy):
        policy = None  # For the owner's account alone, whatever else the policy says.
    check_access(policy, call, owner=bucket.owner, bucket=bucket.name, request=request)


def _is_restricted(bucket: Bucket) -> bool:
    """Tell whether somebody has forbidden the bucket to be public; without a word it may be."""
    block = bucket.setting("public_access_block", OFF)
    return block != OFF and bool(block["RestrictPublicBuckets"])


async def bucket_named(call: Call, name: str) -> Bucket:
    """Return a bucket without asking whose it is.

    Raises:
        NoSuchBucket: There is none.
        InvalidBucketNameError: There can be none.
    """
    check_bucket_name(name)
    bucket = await find_bucket(call, name)
    if bucket is None and await call.backends.public_bucket(call, name):
        bucket = await find_bucket(call, name)
    if bucket is None:
        raise no_such_bucket(name)
    return bucket


def no_such_bucket(name: str) -> ServiceError:
    """Return the error for a bucket that is not there."""
    return shapes.NoSuchBucket("The specified bucket does not exist", BucketName=name)


async def change_settings(
    call: Call, bucket: Bucket, change: Callable[[dict[str, Any]], None]
) -> None:
    """Change a bucket's settings, whatever others change in them meanwhile.

    Args:
        call: Who asks.
        bucket: As it was read.
        change: Changes the settings in place; run again after each lost race.
    """

    def changed(document: Document) -> Document:
        settings = dict(document["settings"])
        change(settings)
        return {**document, "settings": settings}

    record = bucket.record
    try:
        await records.change(call.backends.records, record.scope, record.name, changed)
    except RecordNotFoundError as error:
        raise no_such_bucket(bucket.name) from error
    except StaleRecordError as error:
        raise OperationAbortedError from error


async def create_bucket_record(
    call: Call, name: str, *, region: str, settings: Mapping[str, Any]
) -> None:
    """Take a free name for the caller's account.

    Raises:
        BucketAlreadyExists: Somebody was faster.
    """
    store = call.backends.records
    claim = await store.find(NAMES, name)
    whose: Document = {"account": call.account}
    document: Document = {
        "id": secrets.token_hex(8),
        "region": region,
        "settings": dict(settings),
        "created": call.backends.now().replace(microsecond=0),
    }
    try:
        await store.write(
            Create(scope=NAMES, name=name, document=whose)
            if claim is None
            else Replace(record=claim, document=whose),
            Create(scope=bucket_scope(call.account), name=name, document=document),
        )
    except (RecordExistsError, StaleRecordError) as error:
        raise name_taken(name) from error


def name_taken(name: str) -> ServiceError:
    """Return the error for a name that another account has."""
    return shapes.BucketAlreadyExists(
        "The requested bucket name is not available. The bucket namespace is shared by all users "
        "of the system. Please select a different name and try again.",
        BucketName=name,
    )


async def delete_bucket_record(call: Call, bucket: Bucket) -> None:
    """Give the name free."""
    await call.backends.records.write(
        Delete(scope=bucket.record.scope, name=bucket.name, must_exist=False),
        Delete(scope=NAMES, name=bucket.name, must_exist=False),
    )
