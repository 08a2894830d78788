"""What is said of an object beside its body: headers, metadata, tags, encryption, lock.

Read from the requests that create objects, and given back by those that read them.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from outcrop.operations import Call
from outcrop.services.s3.access_control_lists import object_grants
from outcrop.services.s3.bucket import Bucket
from outcrop.services.s3.checksums import ALGORITHMS
from outcrop.services.s3.errors import (
    InvalidArgumentError,
    InvalidRequestError,
    InvalidStorageClassError,
    MetadataTooLargeError,
    NotImplementedByS3Error,
)
from outcrop.services.s3.object_version import STANDARD, ObjectVersion
from outcrop.services.s3.tag_sets import in_header

DEFAULT_CONTENT_TYPE = "binary/octet-stream"
MOST_METADATA_BYTES = 2048
CONTENT_HEADERS = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Expires",
    "WebsiteRedirectLocation",
)
STORAGE_CLASSES = frozenset(
    (
        "STANDARD",
        "REDUCED_REDUNDANCY",
        "STANDARD_IA",
        "ONEZONE_IA",
        "INTELLIGENT_TIERING",
        "GLACIER",
        "DEEP_ARCHIVE",
        "GLACIER_IR",
    )
)
_CUSTOMER_KEYS = ("SSECustomerAlgorithm", "SSECustomerKey", "CopySourceSSECustomerKey")
ENCRYPTIONS = ("AES256", "aws:kms", "aws:kms:dsse")
OVERRIDES = {
    "ResponseCacheControl": "CacheControl",
    "ResponseContentDisposition": "ContentDisposition",
    "ResponseContentEncoding": "ContentEncoding",
    "ResponseContentLanguage": "ContentLanguage",
    "ResponseContentType": "ContentType",
    "ResponseExpires": "Expires",
}


def new_version(call: Call, bucket: Bucket, request: Mapping[str, Any]) -> ObjectVersion:
    """Return a version without a body that has all else that a request says of it."""
    refuse_customer_keys(request)
    storage_class = request.get("StorageClass", STANDARD)
    if storage_class not in STORAGE_CLASSES:
        raise InvalidStorageClassError(storage_class)
    return ObjectVersion(
        modified=int(call.backends.now().timestamp()),
        headers=content_headers(call, request),
        metadata=checked_metadata(request.get("Metadata", {})),
        tags=in_header(request.get("Tagging")),
        storage_class=storage_class,
        encryption=encryption(bucket, request),
        grants=object_grants(bucket, request),
        **lock_of(call, bucket, request),
    )


def refuse_customer_keys(request: Mapping[str, Any]) -> None:
    """Refuse encryption with keys of the client's, which Outcrop does not do."""
    if any(map(request.get, _CUSTOMER_KEYS)):
        raise NotImplementedByS3Error("server-side encryption with customer-provided keys")


def content_headers(call: Call, request: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers to give back, by the name of their member."""
    headers = {name: str(request[name]) for name in CONTENT_HEADERS if request.get(name)}
    expires = call.headers.get("expires") or request.get("Expires")
    if expires:
        headers["Expires"] = http_date(expires) if isinstance(expires, datetime) else str(expires)
    if "ContentEncoding" in headers:
        # `aws-chunked` is about the request's transfer, not about the object.
        codings = [coding.strip() for coding in headers["ContentEncoding"].split(",")]
        kept = ",".join(coding for coding in codings if coding != "aws-chunked")
        headers.pop("ContentEncoding")
        headers |= {"ContentEncoding": kept} if kept else {}
    headers.setdefault("ContentType", DEFAULT_CONTENT_TYPE)
    return headers


def http_date(moment: datetime) -> str:
    """Return a moment as HTTP writes it."""
    return moment.strftime("%a, %d %b %Y %H:%M:%S GMT")


def checked_metadata(metadata: Mapping[str, str]) -> dict[str, str]:
    """Return user metadata, its names in lower case, refusing too much of it."""
    if not metadata:
        return {}
    checked = {name.lower(): value for name, value in metadata.items()}
    size = sum(
        len(name.encode(errors="replace")) + len(value.encode(errors="replace"))
        for name, value in checked.items()
    )
    if size > MOST_METADATA_BYTES:
        raise MetadataTooLargeError(size, MOST_METADATA_BYTES)
    return checked


def encryption(bucket: Bucket, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return how an object is to be encrypted; empty stands for `AES256`, S3's default."""
    kind = request.get("ServerSideEncryption")
    key_id = request.get("SSEKMSKeyId")
    has_bucket_key = request.get("BucketKeyEnabled")
    if kind is None and key_id is None:
        rules = bucket.setting("encryption", {}).get("Rules", [])
        default: Mapping[str, Any] = (
            rules[0].get("ApplyServerSideEncryptionByDefault", {}) if rules else {}
        )
        kind, key_id = default.get("SSEAlgorithm"), default.get("KMSMasterKeyID")
        has_bucket_key = rules[0].get("BucketKeyEnabled") if rules else None
    if kind is not None and kind not in ENCRYPTIONS:
        raise InvalidArgumentError(
            "The encryption method specified is not supported",
            name="x-amz-server-side-encryption",
            value=kind,
        )
    if key_id is not None and kind in (None, ENCRYPTIONS[0]):
        raise InvalidArgumentError(
            "Server Side Encryption with AWS KMS managed key requires HTTP header "
            "x-amz-server-side-encryption : aws:kms",
            name="x-amz-server-side-encryption",
            value=kind,
        )
    if kind in (None, ENCRYPTIONS[0]):
        return {}
    chosen = {"kind": kind, "key_id": key_id, "bucket_key": has_bucket_key}
    return {name: value for name, value in chosen.items() if value is not None}


def shown_encryption(version: ObjectVersion) -> dict[str, Any]:
    """Return the members of an answer that tell of encryption."""
    shown: dict[str, Any] = {"ServerSideEncryption": version.encryption.get("kind", ENCRYPTIONS[0])}
    if "key_id" in version.encryption:
        shown["SSEKMSKeyId"] = version.encryption["key_id"]
    if "bucket_key" in version.encryption:
        shown["BucketKeyEnabled"] = version.encryption["bucket_key"]
    return shown


def lock_of(call: Call, bucket: Bucket, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return retention and legal hold of a new version, the bucket's default included."""
    lock: dict[str, Any] = {}
    mode, until = request.get("ObjectLockMode"), request.get("ObjectLockRetainUntilDate")
    hold = request.get("ObjectLockLegalHoldStatus")
    configuration = bucket.setting("object_lock")
    if configuration is None and (mode or until or hold):
        raise InvalidRequestError("Bucket is missing Object Lock Configuration")
    if (mode is None) != (until is None):
        raise InvalidArgumentError(
            "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied"
        )
    if mode is not None and until is not None:
        if until <= call.backends.now():
            raise InvalidArgumentError("The retain until date must be in the future!")
        lock["retention"] = {"Mode": mode, "RetainUntilDate": until.isoformat()}
    elif configuration is not None:
        lock |= _default_retention(call, configuration)
    if hold:
        lock["legal_hold"] = hold
    return lock


def _default_retention(call: Call, configuration: Mapping[str, Any]) -> dict[str, Any]:
    rule = configuration.get("Rule", {}).get("DefaultRetention")
    if not rule:
        return {}
    days = int(rule.get("Days", 0)) + 365 * int(rule.get("Years", 0))
    until = call.backends.now() + timedelta(days=days)
    return {"retention": {"Mode": rule["Mode"], "RetainUntilDate": until.isoformat()}}


def shown_checksum(version: ObjectVersion) -> dict[str, str]:
    """Return the members of an answer that tell the checksum."""
    shown = {ALGORITHMS[name].member: value for name, value in version.checksums.items()}
    if shown and version.checksum_type:
        shown["ChecksumType"] = version.checksum_type
    return shown


def shown_version(bucket: Bucket, version: ObjectVersion) -> dict[str, str]:
    """Return the version id for an answer, if the bucket has or had versioning."""
    return {"VersionId": version.version_id} if bucket.versioning else {}


def shown_attributes(bucket: Bucket, version: ObjectVersion) -> dict[str, Any]:
    """Return what HeadObject and GetObject say of an object, its body and checksum apart."""
    shown: dict[str, Any] = {
        "AcceptRanges": "bytes",
        "LastModified": version.last_modified,
        "ETag": version.quoted_etag,
        "Metadata": dict(version.metadata),
        **version.headers,
        **shown_encryption(version),
        **shown_version(bucket, version),
    }
    if version.storage_class != STANDARD:
        shown["StorageClass"] = version.storage_class
    if version.restored_until:
        until = datetime.fromtimestamp(version.restored_until, UTC)
        shown["Restore"] = f'ongoing-request="false", expiry-date="{http_date(until)}"'
    if version.tags:
        shown["TagCount"] = len(version.tags)
    if version.retention:
        shown["ObjectLockMode"] = version.retention["Mode"]
        until = datetime.fromisoformat(version.retention["RetainUntilDate"])
        shown["ObjectLockRetainUntilDate"] = until
    if version.legal_hold:
        shown["ObjectLockLegalHoldStatus"] = version.legal_hold
    return shown
