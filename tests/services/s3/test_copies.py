import hashlib

import pytest

MIB = 1 << 20


@pytest.fixture
def source(s3, bucket):
    s3.put_object(
        Bucket=bucket,
        Key="source key?é",
        Body=b"body",
        ContentType="text/plain",
        Metadata={"a": "1"},
        Tagging="t=1",
        StorageClass="STANDARD_IA",
        ChecksumAlgorithm="SHA256",
    )
    return {"Bucket": bucket, "Key": "source key?é"}


def test_a_copy_has_what_the_source_has(s3, bucket, source):
    answer = s3.copy_object(Bucket=bucket, Key="copy", CopySource=source)

    got = s3.get_object(Bucket=bucket, Key="copy")
    assert got["Body"].read() == b"body"
    assert (got["ContentType"], got["Metadata"], got["TagCount"]) == ("text/plain", {"a": "1"}, 1)
    assert "StorageClass" not in got
    assert answer["CopyObjectResult"]["ETag"] == f'"{hashlib.md5(b"body").hexdigest()}"'
    assert "ChecksumSHA256" in answer["CopyObjectResult"]


def test_a_copy_may_have_something_else_said_of_it(s3, bucket, source):
    s3.copy_object(
        Bucket=bucket,
        Key="copy",
        CopySource=source,
        MetadataDirective="REPLACE",
        TaggingDirective="REPLACE",
        ContentType="text/html",
        Metadata={"b": "2"},
        Tagging="u=2&v=3",
        StorageClass="ONEZONE_IA",
        ChecksumAlgorithm="CRC32C",
    )

    head = s3.head_object(Bucket=bucket, Key="copy", ChecksumMode="ENABLED")
    assert (head["ContentType"], head["Metadata"], head["TagCount"], head["StorageClass"]) == (
        "text/html",
        {"b": "2"},
        2,
        "ONEZONE_IA",
    )
    assert "ChecksumCRC32C" in head


def test_an_object_is_copied_between_buckets(s3, account, source):
    s3.create_bucket(Bucket=f"other-{account}")

    s3.copy_object(Bucket=f"other-{account}", Key="copy", CopySource=source)

    assert s3.get_object(Bucket=f"other-{account}", Key="copy")["Body"].read() == b"body"


def test_a_copy_stays_when_its_source_goes(s3, bucket):
    s3.put_object(Bucket=bucket, Key="large", Body=b"x" * (2 * MIB))
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/large")

    s3.delete_object(Bucket=bucket, Key="large")

    assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == b"x" * (2 * MIB)


def test_a_copy_onto_itself_must_change_something(s3, bucket, source, refusal):
    error = refusal(s3.copy_object, Bucket=bucket, Key=source["Key"], CopySource=source)
    s3.copy_object(
        Bucket=bucket,
        Key=source["Key"],
        CopySource=source,
        MetadataDirective="REPLACE",
        Metadata={"new": "1"},
    )

    assert error == {
        "Code": "InvalidRequest",
        "Message": (
            "This copy request is illegal because it is trying to copy an object to itself without "
            "changing the object's metadata, storage class, website redirect location or "
            "encryption attributes."
        ),
        "status": 400,
    }
    assert s3.head_object(**source)["Metadata"] == {"new": "1"}


def test_the_copy_of_a_multipart_object_is_one_part(s3, bucket, tmp_path):
    (tmp_path / "file").write_bytes(b"z" * (9 * MIB))
    s3.upload_file(str(tmp_path / "file"), bucket, "multipart")

    answer = s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/multipart")

    digest = hashlib.md5(b"z" * (9 * MIB)).hexdigest()
    assert answer["CopyObjectResult"]["ETag"] == f'"{digest}"'


@pytest.mark.parametrize(
    ("condition", "name"),
    [
        ({"CopySourceIfMatch": '"other"'}, "x-amz-copy-source-If-Match"),
        (
            {"CopySourceIfNoneMatch": '"841a2d689ad86bd1611447453c22c6fc"'},
            "x-amz-copy-source-If-None-Match",
        ),
    ],
)
def test_an_object_is_copied_only_if_it_is_the_one_expected(
    s3, bucket, source, refusal, condition, name
):
    error = refusal(s3.copy_object, Bucket=bucket, Key="copy", CopySource=source, **condition)

    assert (error["Code"], error["Condition"], error["status"]) == (
        "PreconditionFailed",
        name,
        412,
    )


def test_a_missing_source_is_told(s3, bucket, refusal):
    error = refusal(s3.copy_object, Bucket=bucket, Key="copy", CopySource=f"{bucket}/nope")

    assert (error["Code"], error["Key"], error["status"]) == ("NoSuchKey", "nope", 404)


def test_a_source_without_a_key_is_refused(s3, bucket, refusal):
    error = refusal(s3.copy_object, Bucket=bucket, Key="copy", CopySource="bucket-only")

    assert (error["Code"], error["ArgumentName"]) == ("InvalidArgument", "x-amz-copy-source")


def test_an_archived_object_is_not_copied_before_it_was_restored(s3, bucket, refusal):
    s3.put_object(Bucket=bucket, Key="key", Body=b"x", StorageClass="DEEP_ARCHIVE")

    error = refusal(s3.copy_object, Bucket=bucket, Key="copy", CopySource=f"{bucket}/key")

    assert (error["Code"], error["status"]) == ("ObjectNotInActiveTierError", 403)
