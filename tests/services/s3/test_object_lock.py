from datetime import UTC, datetime, timedelta

import pytest

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)


@pytest.fixture
def locked(s3, account):
    name = f"locked-{account}"
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


def test_a_bucket_with_object_lock_has_versioning(s3, locked, refusal):
    configuration = s3.get_object_lock_configuration(Bucket=locked)["ObjectLockConfiguration"]
    suspended = refusal(
        s3.put_bucket_versioning, Bucket=locked, VersioningConfiguration={"Status": "Suspended"}
    )

    assert configuration == {"ObjectLockEnabled": "Enabled"}
    assert s3.get_bucket_versioning(Bucket=locked)["Status"] == "Enabled"
    assert (suspended["Code"], suspended["status"]) == ("InvalidBucketState", 409)


def test_a_retained_version_is_not_deleted(s3, locked, refusal):
    version = s3.put_object(
        Bucket=locked,
        Key="key",
        Body=b"x",
        ObjectLockMode="GOVERNANCE",
        ObjectLockRetainUntilDate=TOMORROW,
    )["VersionId"]

    s3.delete_object(Bucket=locked, Key="key")
    error = refusal(s3.delete_object, Bucket=locked, Key="key", VersionId=version)
    s3.delete_object(Bucket=locked, Key="key", VersionId=version, BypassGovernanceRetention=True)

    assert error == {
        "Code": "AccessDenied",
        "Message": "Access Denied because object protected by object lock.",
        "status": 403,
    }


def test_nobody_bypasses_compliance(s3, locked, refusal):
    version = s3.put_object(Bucket=locked, Key="key", Body=b"x")["VersionId"]
    s3.put_object_retention(
        Bucket=locked, Key="key", Retention={"Mode": "COMPLIANCE", "RetainUntilDate": TOMORROW}
    )

    for arguments in (
        {"VersionId": version},
        {"VersionId": version, "BypassGovernanceRetention": True},
    ):
        error = refusal(s3.delete_object, Bucket=locked, Key="key", **arguments)

        assert error["Code"] == "AccessDenied"
    shorter = {"Mode": "COMPLIANCE", "RetainUntilDate": TOMORROW - timedelta(hours=1)}
    error = refusal(s3.put_object_retention, Bucket=locked, Key="key", Retention=shorter)
    assert error["Code"] == "AccessDenied"
    assert s3.get_object_retention(Bucket=locked, Key="key")["Retention"] == {
        "Mode": "COMPLIANCE",
        "RetainUntilDate": TOMORROW,
    }


def test_a_held_version_is_not_deleted_until_it_is_let_go(s3, locked, refusal):
    version = s3.put_object(Bucket=locked, Key="key", Body=b"x", ObjectLockLegalHoldStatus="ON")[
        "VersionId"
    ]

    error = refusal(s3.delete_object, Bucket=locked, Key="key", VersionId=version)
    s3.put_object_legal_hold(Bucket=locked, Key="key", LegalHold={"Status": "OFF"})
    s3.delete_object(Bucket=locked, Key="key", VersionId=version)

    assert error["Code"] == "AccessDenied"


def test_a_bucket_may_retain_what_comes(s3, locked):
    s3.put_object_lock_configuration(
        Bucket=locked,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 2}},
        },
    )

    s3.put_object(Bucket=locked, Key="key", Body=b"x")

    head = s3.head_object(Bucket=locked, Key="key")
    assert head["ObjectLockMode"] == "GOVERNANCE"
    assert head["ObjectLockRetainUntilDate"] > TOMORROW


def test_a_bucket_without_object_lock_retains_nothing(s3, bucket, refusal):
    s3.put_object(Bucket=bucket, Key="key", Body=b"x")

    error = refusal(
        s3.put_object_retention,
        Bucket=bucket,
        Key="key",
        Retention={"Mode": "GOVERNANCE", "RetainUntilDate": TOMORROW},
    )
    missing = refusal(s3.get_object_lock_configuration, Bucket=bucket)

    assert (error["Code"], error["Message"]) == (
        "InvalidRequest",
        "Bucket is missing Object Lock Configuration",
    )
    assert missing["Code"] == "ObjectLockConfigurationNotFoundError"
