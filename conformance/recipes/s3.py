"""A bucket with an object, a version of it and an upload under way; bodies that S3 takes."""

import json
from collections.abc import Mapping
from typing import Any

from conformance.calls import Client, account_in_force
from conformance.recipes import Recipe

KEY = "folder/object.txt"
ROLE = "arn:aws:iam::{account}:role/some-role"
MOMENT = "2040-01-02T00:00:00Z"


def configurations(bucket: str, account: str) -> Mapping[str, dict[str, Any]]:
    """Return a body for each operation that puts a configuration of a bucket."""
    destination = {"Bucket": f"arn:aws:s3:::{bucket}"}
    topic = f"arn:aws:sns:us-east-1:{account}:topic"
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    return {
        "PutBucketAbac": {"AbacStatus": {"Status": "Enabled"}},
        "PutBucketAccelerateConfiguration": {"AccelerateConfiguration": {"Status": "Enabled"}},
        "PutBucketAcl": {"ACL": "private"},
        "PutBucketAnalyticsConfiguration": {
            "Id": "id",
            "AnalyticsConfiguration": {"Id": "id", "StorageClassAnalysis": {}},
        },
        "PutBucketCors": {
            "CORSConfiguration": {
                "CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["https://a.example"]}]
            }
        },
        "PutBucketEncryption": {
            "ServerSideEncryptionConfiguration": {
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            }
        },
        "PutBucketIntelligentTieringConfiguration": {
            "Id": "id",
            "IntelligentTieringConfiguration": {
                "Id": "id",
                "Status": "Enabled",
                "Tierings": [{"Days": 90, "AccessTier": "ARCHIVE_ACCESS"}],
            },
        },
        "PutBucketInventoryConfiguration": {
            "Id": "id",
            "InventoryConfiguration": {
                "Id": "id",
                "IsEnabled": True,
                "IncludedObjectVersions": "All",
                "Schedule": {"Frequency": "Daily"},
                "Destination": {"S3BucketDestination": {**destination, "Format": "CSV"}},
            },
        },
        "PutBucketLifecycleConfiguration": {
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "ID": "id",
                        "Status": "Enabled",
                        "Filter": {"Prefix": "logs/"},
                        "Expiration": {"Days": 30},
                    }
                ]
            }
        },
        "PutBucketLogging": {
            "BucketLoggingStatus": {
                "LoggingEnabled": {"TargetBucket": bucket, "TargetPrefix": "logs/"}
            }
        },
        "PutBucketMetricsConfiguration": {"Id": "id", "MetricsConfiguration": {"Id": "id"}},
        "PutBucketNotificationConfiguration": {
            "NotificationConfiguration": {
                "TopicConfigurations": [{"TopicArn": topic, "Events": ["s3:ObjectCreated:*"]}]
            }
        },
        "PutBucketOwnershipControls": {
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        },
        "PutBucketPolicy": {
            "Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        },
        "PutBucketReplication": {
            "ReplicationConfiguration": {
                "Role": ROLE.format(account=account),
                "Rules": [
                    {
                        "ID": "id",
                        "Priority": 1,
                        "Filter": {"Prefix": ""},
                        "DeleteMarkerReplication": {"Status": "Disabled"},
                        "Status": "Enabled",
                        "Destination": destination,
                    }
                ],
            }
        },
        "PutBucketRequestPayment": {"RequestPaymentConfiguration": {"Payer": "Requester"}},
        "PutBucketTagging": {"Tagging": {"TagSet": [{"Key": "team", "Value": "blue"}]}},
        "PutBucketVersioning": {"VersioningConfiguration": {"Status": "Enabled"}},
        "PutBucketWebsite": {
            "WebsiteConfiguration": {"IndexDocument": {"Suffix": "index.html"}},
        },
        "PutObjectLockConfiguration": {
            "ObjectLockConfiguration": {
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
            }
        },
        "PutPublicAccessBlock": {"PublicAccessBlockConfiguration": {"BlockPublicAcls": False}},
    }


GRANTS = ("GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite", "GrantWriteACP")
OBJECT_SETTINGS: Mapping[str, dict[str, Any]] = {
    "PutObjectAcl": {"ACL": "private"},
    "PutObjectLegalHold": {"LegalHold": {"Status": "OFF"}},
    "PutObjectRetention": {"Retention": {"Mode": "GOVERNANCE", "RetainUntilDate": MOMENT}},
    "PutObjectTagging": {"Tagging": {"TagSet": [{"Key": "team", "Value": "blue"}]}},
}


def prepare(client: Client, operation: str) -> Mapping[str, Any]:
    """Make a bucket, an object in it and an upload of one part; put what a Get reads."""
    account = account_in_force()
    bucket = f"bucket-{account}"
    given = {
        "Bucket": bucket,
        "Key": KEY,
        "ExpectedBucketOwner": account,
        "ObjectOwnership": "ObjectWriter",  # lets access control lists be put
    }
    if operation == "CreateBucket":
        return given
    locks = "Lock" in operation or "Retention" in operation or "LegalHold" in operation
    client.ask(
        "CreateBucket",
        Bucket=bucket,
        ObjectLockEnabledForBucket=locks,
        ObjectOwnership=given["ObjectOwnership"],
    )
    bodies = configurations(bucket, account)
    given |= bodies.get(operation, {}) | OBJECT_SETTINGS.get(operation, {})
    if operation == "DeleteBucket":
        return given
    given |= _make_object(client, operation, given)
    _put_before(client, operation, bodies, given)
    return given


def _make_object(client: Client, operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
    place = {"Bucket": given["Bucket"], "Key": KEY}
    if "Versioning" not in operation:
        client.ask(
            "PutBucketVersioning",
            Bucket=given["Bucket"],
            VersioningConfiguration={"Status": "Enabled"},
        )
    put = client.ask(
        "PutObject", **place, Body=b"some bytes", StorageClass=_storage_class(operation)
    )
    made: dict[str, Any] = {
        "VersionId": put.get("VersionId", "null"),
        "CopySource": {**place, "VersionId": put.get("VersionId", "null")},
        "IfMatch": put["ETag"],
        "CopySourceIfMatch": put["ETag"],
        "IfUnmodifiedSince": MOMENT,
        "CopySourceIfUnmodifiedSince": MOMENT,
        "ExpectedSourceBucketOwner": account_in_force(),
        "StorageClass": "STANDARD_IA",
        **dict.fromkeys(GRANTS, f'id="{client.ask("ListBuckets")["Owner"]["ID"]}"'),
        "IfNoneMatch": "*" if operation.startswith(("Put", "C")) else '"another"',
        "Range": "bytes=2-5",
        "CopySourceRange": "bytes=0-4",
        "PartNumber": 1,
        "Tagging": "team=blue",
        "RestoreRequest": {"Days": 1},
        "ContentLength": 0,
        "Delete": {"Objects": [{"Key": KEY}, {"Key": "not-there"}]},
    }
    if "Upload" in operation or operation == "ListParts":
        upload = client.ask("CreateMultipartUpload", **place)["UploadId"]
        part = client.ask("UploadPart", **place, UploadId=upload, PartNumber=1, Body=b"part")
        parts = [{"PartNumber": 1, "ETag": part["ETag"]}]
        made |= {"UploadId": upload, "MultipartUpload": {"Parts": parts}}
    return {name: item for name, item in made.items() if name not in given}


def _storage_class(operation: str) -> str:
    return "GLACIER" if operation == "RestoreObject" else "STANDARD"


def _put_before(
    client: Client,
    operation: str,
    bodies: Mapping[str, dict[str, Any]],
    given: dict[str, Any],
) -> None:
    """Put the setting that an operation reads or removes."""
    noun = operation.removeprefix("Get").removeprefix("Delete").removesuffix("Status")
    for put in (f"Put{noun}", f"Put{noun}Configuration"):
        if put == operation:
            return
        if put in bodies:
            client.ask(put, Bucket=given["Bucket"], **bodies[put])
            given |= {"Id": bodies[put].get("Id", "id")}
        elif put in OBJECT_SETTINGS:
            client.ask(put, Bucket=given["Bucket"], Key=KEY, **OBJECT_SETTINGS[put])


RECIPE = Recipe(
    prepare=prepare,
    unavailable=frozenset(
        (
            "SSECustomerAlgorithm",
            "SSECustomerKey",
            "SSECustomerKeyMD5",
            "CopySourceSSECustomerAlgorithm",
            "CopySourceSSECustomerKey",
            "CopySourceSSECustomerKeyMD5",
            "SelectParameters",
            "OutputLocation",
        )
    ),
    needed={
        "CreateBucket": ("ObjectOwnership",),
        "CompleteMultipartUpload": ("MultipartUpload",),
        "PutBucketAcl": ("ACL",),
        "PutBucketLifecycleConfiguration": ("LifecycleConfiguration",),
        "PutObjectAcl": ("ACL",),
        "PutObjectLegalHold": ("LegalHold",),
        "PutObjectLockConfiguration": ("ObjectLockConfiguration",),
        "PutObjectRetention": ("Retention",),
        "RestoreObject": ("RestoreRequest",),
    },
    without={
        "": (
            *GRANTS,  # exclude ACL
            "AccessControlPolicy",  # excludes ACL
            "ChecksumAlgorithm",  # asks botocore for a checksum
            "ChecksumCRC32",  # and the others: botocore sends one of its own
            "ChecksumCRC32C",
            "ChecksumCRC64NVME",
            "ChecksumMD5",
            "ChecksumSHA1",
            "ChecksumSHA256",
            "ChecksumSHA512",
            "ChecksumType",
            "ChecksumXXHASH128",
            "ChecksumXXHASH3",
            "ChecksumXXHASH64",
            "ContentLength",
            "ContentMD5",
            "ContinuationToken",
            "IfNoneMatch",  # excludes IfMatch
            "ObjectLockEventHold",
            "ObjectLockLegalHoldStatus",
            "ObjectLockMode",
            "ObjectLockRetainUntilDate",
            "PartNumberMarker",
            "SSEKMSKeyId",
            "VersionIdMarker",
        ),
        "CompleteMultipartUpload": ("IfMatch", "MpuObjectSize"),
        "GetObject": ("PartNumber",),
        "HeadObject": ("PartNumber",),
        "DeleteObject": ("IfMatchLastModifiedTime", "IfMatchSize"),
    },
    errors={
        # Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
        "304": 304,  # to HEAD, whose answers have no body
        "400": 400,
        "403": 403,
        "404": 404,
        "405": 405,
        "412": 412,
        "416": 416,
        "AccessControlListNotSupported": 400,
        "BadDigest": 400,
        "BucketNotEmpty": 409,
        "EntityTooLarge": 400,
        "EntityTooSmall": 400,
        "IllegalLocationConstraintException": 400,
        "InvalidArgument": 400,
        "InvalidBucketName": 400,
        "InvalidBucketState": 409,
        "InvalidDigest": 400,
        "InvalidLocationConstraint": 400,
        "InvalidPart": 400,
        "InvalidPartNumber": 416,
        "InvalidPartOrder": 400,
        "InvalidRange": 416,
        "InvalidRequest": 400,
        "InvalidStorageClass": 400,
        "InvalidTag": 400,
        "InvalidTargetBucketForLogging": 400,
        "InvalidURI": 400,
        "KeyTooLongError": 400,
        "MalformedACLError": 400,
        "MalformedPolicy": 400,
        "MalformedXML": 400,
        "MetadataTooLarge": 400,
        "MethodNotAllowed": 405,
        "MissingRequestBodyError": 400,
        "MissingSecurityHeader": 400,
        "NoSuchBucket": 404,
        "NoSuchBucketPolicy": 404,
        "NoSuchConfiguration": 404,
        "NoSuchCORSConfiguration": 404,
        "NoSuchKey": 404,
        "NoSuchLifecycleConfiguration": 404,
        "NoSuchObjectLockConfiguration": 404,
        "NoSuchPublicAccessBlockConfiguration": 404,
        "NoSuchTagSet": 404,
        "NoSuchUpload": 404,
        "NoSuchVersion": 404,
        "NoSuchWebsiteConfiguration": 404,
        "ObjectLockConfigurationNotFoundError": 404,
        "OperationAborted": 409,
        "OwnershipControlsNotFoundError": 404,
        "PreconditionFailed": 412,
        "ReplicationConfigurationNotFoundError": 404,
        "ServerSideEncryptionConfigurationNotFoundError": 404,
        "UnresolvableGrantByEmailAddress": 400,
    },
)
