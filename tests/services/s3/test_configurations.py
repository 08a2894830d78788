import json
from datetime import UTC, datetime

import pytest

CASES = [
    pytest.param(
        (
            "bucket_cors",
            "CORSConfiguration",
            {
                "CORSRules": [
                    {
                        "AllowedMethods": ["GET", "PUT"],
                        "AllowedOrigins": ["https://*.example.com"],
                        "AllowedHeaders": ["*"],
                        "ExposeHeaders": ["ETag"],
                        "MaxAgeSeconds": 300,
                    }
                ]
            },
            "NoSuchCORSConfiguration",
        ),
        id="cors",
    ),
    pytest.param(
        (
            "bucket_website",
            "WebsiteConfiguration",
            {"IndexDocument": {"Suffix": "index.html"}, "ErrorDocument": {"Key": "error.html"}},
            "NoSuchWebsiteConfiguration",
        ),
        id="website",
    ),
    pytest.param(
        (
            "bucket_tagging",
            "Tagging",
            {"TagSet": [{"Key": "team", "Value": "a b"}, {"Key": "empty", "Value": ""}]},
            "NoSuchTagSet",
        ),
        id="tagging",
    ),
    pytest.param(
        (
            "bucket_lifecycle_configuration",
            "LifecycleConfiguration",
            {
                "Rules": [
                    {
                        "ID": "old",
                        "Status": "Enabled",
                        "Filter": {"Prefix": "logs/"},
                        "Expiration": {"Days": 30},
                        "Transitions": [{"Days": 10, "StorageClass": "GLACIER"}],
                    }
                ]
            },
            "NoSuchLifecycleConfiguration",
        ),
        id="lifecycle",
    ),
]


def without_metadata(answer):
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


@pytest.mark.parametrize("case", CASES)
def test_a_setting_is_kept_and_given_back(s3, bucket, refusal, case):
    name, member, value, missing = case
    get = getattr(s3, f"get_{name}")
    delete = getattr(s3, f"delete_{name.removesuffix('_configuration')}")

    before = refusal(get, Bucket=bucket)
    getattr(s3, f"put_{name}")(Bucket=bucket, **{member: value})
    kept = without_metadata(get(Bucket=bucket))
    delete(Bucket=bucket)
    after = refusal(get, Bucket=bucket)

    assert kept | value == kept
    assert (before["Code"], before["BucketName"], before["status"]) == (missing, bucket, 404)
    assert after == before


def test_a_new_bucket_has_the_defaults_of_aws(s3, bucket):
    encryption = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    ownership = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]

    assert encryption == {
        "Rules": [
            {
                "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
                "BucketKeyEnabled": False,
            }
        ]
    }
    assert ownership == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert set(block.values()) == {True}
    assert s3.get_bucket_request_payment(Bucket=bucket)["Payer"] == "BucketOwner"
    assert without_metadata(s3.get_bucket_logging(Bucket=bucket)) == {}
    assert without_metadata(s3.get_bucket_accelerate_configuration(Bucket=bucket)) == {}
    assert without_metadata(s3.get_bucket_notification_configuration(Bucket=bucket)) == {}
    assert s3.get_bucket_abac(Bucket=bucket)["AbacStatus"] == {"Status": "Disabled"}


def test_a_default_can_be_taken_away(s3, bucket, refusal):
    s3.delete_bucket_ownership_controls(Bucket=bucket)
    s3.delete_public_access_block(Bucket=bucket)
    s3.delete_bucket_encryption(Bucket=bucket)

    ownership = refusal(s3.get_bucket_ownership_controls, Bucket=bucket)
    block = refusal(s3.get_public_access_block, Bucket=bucket)

    assert ownership["Code"] == "OwnershipControlsNotFoundError"
    assert block["Code"] == "NoSuchPublicAccessBlockConfiguration"
    assert "ServerSideEncryptionConfiguration" in s3.get_bucket_encryption(Bucket=bucket)


def test_objects_are_said_to_be_encrypted_as_the_bucket_says(s3, bucket):
    rule = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "key"},
        "BucketKeyEnabled": True,
    }
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})

    put = s3.put_object(Bucket=bucket, Key="key", Body=b"x")

    assert (put["ServerSideEncryption"], put["SSEKMSKeyId"], put["BucketKeyEnabled"]) == (
        "aws:kms",
        "key",
        True,
    )


REFUSED = [
    ("put_bucket_cors", {"CORSConfiguration": {"CORSRules": []}}, "MalformedXML"),
    (
        "put_bucket_cors",
        {
            "CORSConfiguration": {
                "CORSRules": [{"AllowedMethods": ["PATCH"], "AllowedOrigins": ["*"]}]
            }
        },
        "InvalidRequest",
    ),
    (
        "put_bucket_website",
        {"WebsiteConfiguration": {"IndexDocument": {"Suffix": "a/b"}}},
        "InvalidArgument",
    ),
    (
        "put_bucket_tagging",
        {"Tagging": {"TagSet": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]}},
        "InvalidTag",
    ),
    (
        "put_bucket_tagging",
        {"Tagging": {"TagSet": [{"Key": "aws:a", "Value": "1"}]}},
        "InvalidTag",
    ),
    (
        "put_bucket_lifecycle_configuration",
        {"LifecycleConfiguration": {"Rules": [{"Status": "On", "Prefix": ""}]}},
        "MalformedXML",
    ),
    (
        "put_bucket_replication",
        {
            "ReplicationConfiguration": {
                "Role": "role",
                "Rules": [{"Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::b"}}],
            }
        },
        "InvalidRequest",
    ),
    (
        "put_bucket_logging",
        {
            "BucketLoggingStatus": {
                "LoggingEnabled": {"TargetBucket": "nowhere-at-all", "TargetPrefix": ""}
            }
        },
        "InvalidTargetBucketForLogging",
    ),
    ("put_bucket_accelerate_configuration", {"AccelerateConfiguration": {}}, "MalformedXML"),
    (
        "put_bucket_notification_configuration",
        {
            "NotificationConfiguration": {
                "TopicConfigurations": [{"TopicArn": "no arn", "Events": ["s3:ObjectCreated:*"]}]
            }
        },
        "InvalidArgument",
    ),
    ("put_public_access_block", {"PublicAccessBlockConfiguration": {}}, "InvalidRequest"),
    ("put_bucket_policy", {"Policy": "no json"}, "MalformedPolicy"),
    ("put_bucket_policy", {"Policy": '{"Statement": []}'}, "MalformedPolicy"),
]


@pytest.mark.parametrize(("operation", "arguments", "code"), REFUSED)
def test_a_setting_that_makes_no_sense_is_refused(s3, bucket, refusal, operation, arguments, code):
    error = refusal(getattr(s3, operation), Bucket=bucket, **arguments)

    assert (error["Code"], error["status"]) == (code, 400)


@pytest.mark.parametrize(
    ("member", "arn", "message"),
    [
        ("QueueArn", "arn:aws:sns:us-east-1:123456789012:news", "The ARN is not well formed"),
        (
            "QueueArn",
            "arn:aws:sqs:eu-west-3:123456789012:work",
            "The notification destination service region is not valid for the bucket location "
            "constraint",
        ),
    ],
    ids=["another-service", "another-region"],
)
def test_events_go_to_the_services_of_their_region(s3, bucket, refusal, member, arn, message):
    queue = {member: arn, "Events": ["s3:ObjectCreated:*"]}

    error = refusal(
        s3.put_bucket_notification_configuration,
        Bucket=bucket,
        NotificationConfiguration={"QueueConfigurations": [queue]},
    )

    assert (error["Code"], error["Message"], error["status"]) == ("InvalidArgument", message, 400)
    assert without_metadata(s3.get_bucket_notification_configuration(Bucket=bucket)) == {}


def test_access_logs_stay_in_their_region(client, s3, bucket, refusal):
    target = f"logs-of-{bucket}"
    client("s3", region_name="eu-west-3").create_bucket(
        Bucket=target, CreateBucketConfiguration={"LocationConstraint": "eu-west-3"}
    )

    error = refusal(
        s3.put_bucket_logging,
        Bucket=bucket,
        BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": ""}},
    )

    assert (error["Code"], error["status"]) == ("CrossLocationLoggingProhibitted", 403)
    assert error["TargetBucketLocation"] == "eu-west-3"


def test_dates_are_written_with_milliseconds(s3, bucket):
    bodies = []
    s3.meta.events.register(
        "before-parse.s3.GetBucketLifecycleConfiguration",
        lambda response_dict, **_: bodies.append(response_dict["body"]),
    )
    rule = {
        "Status": "Enabled",
        "Prefix": "",
        "Expiration": {"Date": datetime(2030, 1, 1, tzinfo=UTC)},
    }
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})

    s3.get_bucket_lifecycle_configuration(Bucket=bucket)

    assert b"<Date>2030-01-01T00:00:00.000Z</Date>" in bodies[0]


def test_replication_needs_versions_on_both_sides(s3, bucket, refusal):
    target = f"copies-of-{bucket}"
    rule = {"Status": "Enabled", "Prefix": "", "Destination": {"Bucket": f"arn:aws:s3:::{target}"}}
    replication = {"Role": "arn:aws:iam::123456789012:role/copier", "Rules": [rule]}
    versioned = {"VersioningConfiguration": {"Status": "Enabled"}}
    put = {"Bucket": bucket, "ReplicationConfiguration": replication}

    from_unversioned = refusal(s3.put_bucket_replication, **put)
    s3.put_bucket_versioning(Bucket=bucket, **versioned)
    to_nowhere = refusal(s3.put_bucket_replication, **put)
    s3.create_bucket(Bucket=target)
    to_unversioned = refusal(s3.put_bucket_replication, **put)
    s3.put_bucket_versioning(Bucket=target, **versioned)
    s3.put_bucket_replication(**put)

    assert [error["Message"] for error in (from_unversioned, to_nowhere, to_unversioned)] == [
        "Versioning must be 'Enabled' on the bucket to apply a replication configuration",
        "Destination bucket must exist.",
        "Destination bucket must have versioning enabled.",
    ]
    assert to_nowhere["Code"] == to_unversioned["Code"] == "InvalidRequest"
    kept = s3.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]
    assert kept["Rules"][0]["Destination"] == rule["Destination"]


def test_settings_with_ids_are_kept_side_by_side(s3, bucket, refusal):
    for name in ("b", "a"):
        s3.put_bucket_metrics_configuration(
            Bucket=bucket, Id=name, MetricsConfiguration={"Id": name, "Filter": {"Prefix": name}}
        )

    listed = s3.list_bucket_metrics_configurations(Bucket=bucket)["MetricsConfigurationList"]
    one = s3.get_bucket_metrics_configuration(Bucket=bucket, Id="b")["MetricsConfiguration"]
    s3.delete_bucket_metrics_configuration(Bucket=bucket, Id="b")
    missing = refusal(s3.get_bucket_metrics_configuration, Bucket=bucket, Id="b")

    assert [item["Id"] for item in listed] == ["a", "b"]
    assert one == {"Id": "b", "Filter": {"Prefix": "b"}}
    assert (missing["Code"], missing["status"]) == ("NoSuchConfiguration", 404)


def test_a_policy_opens_a_bucket_to_another_account(s3, stranger, bucket, refusal):
    s3.put_object(Bucket=bucket, Key="public/key", Body=b"x")
    s3.put_object(Bucket=bucket, Key="private/key", Body=b"x")
    policy = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": "*",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": f"arn:aws:s3:::{bucket}/public/*",
        },
    }

    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))

    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]) == policy
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"] == {"IsPublic": True}
    assert stranger.get_object(Bucket=bucket, Key="public/key")["Body"].read() == b"x"
    stranger.put_object(Bucket=bucket, Key="public/new", Body=b"theirs")
    assert s3.get_object(Bucket=bucket, Key="public/new")["Body"].read() == b"theirs"
    for operation, arguments in (
        (stranger.get_object, {"Key": "private/key"}),
        (stranger.delete_object, {"Key": "public/key"}),
        (stranger.list_objects_v2, {}),
        (stranger.delete_bucket, {}),
        (stranger.get_bucket_policy, {}),
    ):
        assert refusal(operation, Bucket=bucket, **arguments)["Code"] == "AccessDenied"


def test_a_policy_decides_on_each_of_many_keys(s3, stranger, bucket):
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:DeleteObject",
        "Resource": f"arn:aws:s3:::{bucket}/theirs/*",
    }
    s3.put_bucket_policy(
        Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
    keys = [{"Key": key} for key in ("theirs/a", "mine/b")]

    answer = stranger.delete_objects(Bucket=bucket, Delete={"Objects": keys})

    assert answer["Deleted"] == [{"Key": "theirs/a"}]
    assert answer["Errors"] == [
        {"Key": "mine/b", "Code": "AccessDenied", "Message": "Access Denied"}
    ]


def test_a_denial_counts_more_than_a_permission(s3, stranger, bucket, refusal):
    statements = [
        {
            "Effect": effect,
            "Principal": {"AWS": "*"},
            "Action": "s3:*",
            "Resource": f"arn:aws:s3:::{bucket}/{keys}",
        }
        for effect, keys in (("Allow", "*"), ("Deny", "secret/*"))
    ]
    s3.put_bucket_policy(
        Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements})
    )

    stranger.put_object(Bucket=bucket, Key="open", Body=b"x")

    error = refusal(stranger.put_object, Bucket=bucket, Key="secret/key", Body=b"x")
    assert error["Code"] == "AccessDenied"


def test_lists_are_off_in_a_new_bucket(s3, bucket, refusal):
    canned = refusal(s3.put_object, Bucket=bucket, Key="key", ACL="public-read")
    put = refusal(s3.put_bucket_acl, Bucket=bucket, ACL="private")

    assert (canned["Code"], canned["Message"], canned["status"]) == (
        "AccessControlListNotSupported",
        "The bucket does not allow ACLs",
        400,
    )
    assert put["Code"] == "AccessControlListNotSupported"


def test_grants_are_kept_where_lists_are_on(s3, bucket):
    s3.put_bucket_ownership_controls(
        Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    )
    owner = s3.list_buckets()["Owner"]["ID"]
    group = "http://acs.amazonaws.com/groups/global/AllUsers"

    s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
    s3.put_object(Bucket=bucket, Key="key", Body=b"x", GrantRead=f'uri="{group}"')

    full = {"Grantee": {"ID": owner, "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}
    read = {"Grantee": {"URI": group, "Type": "Group"}, "Permission": "READ"}
    assert s3.get_bucket_acl(Bucket=bucket)["Grants"] == [full, read]
    assert s3.get_object_acl(Bucket=bucket, Key="key")["Grants"] == [read]
    assert s3.get_object_acl(Bucket=bucket, Key="key")["Owner"] == {"ID": owner}


def test_lists_that_are_none_are_refused(s3, bucket, refusal):
    s3.delete_bucket_ownership_controls(Bucket=bucket)
    owner = s3.list_buckets()["Owner"]
    everybody = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}
    grants = [{"Grantee": everybody, "Permission": "READ"}]
    misspelt = [{"Grantee": everybody, "Permission": "WATCH"}]

    for policy in ({"Grants": grants}, {"Grants": misspelt, "Owner": owner}):
        error = refusal(s3.put_bucket_acl, Bucket=bucket, AccessControlPolicy=policy)
        assert (error["Code"], error["status"]) == ("MalformedACLError", 400)
    missing = refusal(s3.put_bucket_acl, Bucket=bucket)
    assert (missing["Code"], missing["MissingHeaderName"]) == ("MissingSecurityHeader", "x-amz-acl")


def test_lists_are_on_where_ownership_controls_were_taken_away(s3, bucket):
    s3.delete_bucket_ownership_controls(Bucket=bucket)

    s3.put_object(Bucket=bucket, Key="key", Body=b"x", ACL="public-read")

    grants = s3.get_object_acl(Bucket=bucket, Key="key")["Grants"]
    assert [grant["Permission"] for grant in grants] == ["FULL_CONTROL", "READ"]


def test_tags_of_an_object_are_replaced_and_taken_away(s3, bucket, refusal):
    s3.put_object(Bucket=bucket, Key="key", Body=b"x", Tagging="a=1&b=")
    first = s3.get_object_tagging(Bucket=bucket, Key="key")["TagSet"]
    s3.put_object_tagging(
        Bucket=bucket, Key="key", Tagging={"TagSet": [{"Key": "c", "Value": "3"}]}
    )
    second = s3.get_object_tagging(Bucket=bucket, Key="key")["TagSet"]
    s3.delete_object_tagging(Bucket=bucket, Key="key")

    assert first == [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}]
    assert second == [{"Key": "c", "Value": "3"}]
    assert s3.get_object_tagging(Bucket=bucket, Key="key")["TagSet"] == []
    many = [{"Key": str(number), "Value": ""} for number in range(11)]
    error = refusal(s3.put_object_tagging, Bucket=bucket, Key="key", Tagging={"TagSet": many})
    assert (error["Code"], error["Message"]) == (
        "BadRequest",
        "Object tags cannot be greater than 10",
    )
