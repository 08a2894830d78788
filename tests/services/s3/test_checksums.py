import hashlib
from base64 import b64encode
from io import BytesIO

import httpx
import pytest
from botocore.config import Config

BODY = b"123456789"
CHECKSUMS = {
    # The check values of the CRC catalogue and of the xxHash project, over the digits 1 to 9.
    "CRC32": bytes.fromhex("cbf43926"),
    "CRC32C": bytes.fromhex("e3069283"),
    "CRC64NVME": bytes.fromhex("ae8b14860a799888"),
    "SHA1": hashlib.sha1(BODY).digest(),
    "SHA256": hashlib.sha256(BODY).digest(),
    "SHA512": hashlib.sha512(BODY).digest(),
    "MD5": hashlib.md5(BODY).digest(),
}
WRONG = {name: bytes(len(digest)) for name, digest in CHECKSUMS.items()}


def base64(digest):
    return b64encode(digest).decode()


@pytest.mark.parametrize("algorithm", CHECKSUMS)
def test_a_checksum_is_verified_kept_and_returned(s3, bucket, refusal, algorithm):
    member = f"Checksum{algorithm}"
    expected = base64(CHECKSUMS[algorithm])

    put = s3.put_object(Bucket=bucket, Key="key", Body=BODY, **{member: expected})
    head = s3.head_object(Bucket=bucket, Key="key", ChecksumMode="ENABLED")
    error = refusal(
        s3.put_object, Bucket=bucket, Key="other", Body=BODY, **{member: base64(WRONG[algorithm])}
    )

    assert (put[member], put["ChecksumType"]) == (expected, "FULL_OBJECT")
    assert (head[member], head["ChecksumType"]) == (expected, "FULL_OBJECT")
    assert (error["Code"], error["Message"], error["status"]) == (
        "BadDigest",
        f"The {algorithm} you specified did not match the calculated checksum.",
        400,
    )
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["key"]


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"])
def test_the_client_takes_the_checksum_itself(s3, bucket, algorithm):
    put = s3.put_object(Bucket=bucket, Key="key", Body=BytesIO(BODY), ChecksumAlgorithm=algorithm)
    got = s3.get_object(Bucket=bucket, Key="key")

    assert put[f"Checksum{algorithm}"] == base64(CHECKSUMS[algorithm])
    assert got["Body"].read() == BODY  # botocore verifies the checksum while it reads


def test_crc64_is_taken_where_the_client_names_none(client, bucket):
    s3 = client("s3", config=Config(request_checksum_calculation="when_required"))
    put = s3.put_object(Bucket=bucket, Key="key", Body=BODY)

    assert put["ChecksumCRC64NVME"] == base64(CHECKSUMS["CRC64NVME"])


def test_a_checksum_is_told_only_where_it_is_asked_for(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=BODY)

    assert "ChecksumCRC32" not in s3.head_object(Bucket=bucket, Key="key")


def test_a_body_is_held_to_its_content_md5(s3, bucket, refusal):
    right = base64(hashlib.md5(BODY).digest())

    s3.put_object(Bucket=bucket, Key="key", Body=BODY, ContentMD5=right)
    wrong = refusal(
        s3.put_object, Bucket=bucket, Key="key", Body=BODY, ContentMD5=base64(bytes(16))
    )
    nonsense = refusal(s3.put_object, Bucket=bucket, Key="key", Body=BODY, ContentMD5="nonsense")

    assert (wrong["Code"], wrong["Message"]) == (
        "BadDigest",
        "The Content-MD5 you specified did not match what we received.",
    )
    assert (nonsense["Code"], nonsense["Message"]) == (
        "InvalidDigest",
        "The Content-MD5 you specified was invalid.",
    )


def test_what_is_no_checksum_is_refused(s3, bucket, refusal):
    error = refusal(s3.put_object, Bucket=bucket, Key="key", Body=BODY, ChecksumCRC32="nonsense")

    assert (error["Code"], error["Message"]) == (
        "InvalidRequest",
        "Value for x-amz-checksum-crc32 header is invalid.",
    )


def test_two_checksums_are_refused(s3, bucket, refusal):
    error = refusal(
        s3.put_object,
        Bucket=bucket,
        Key="key",
        Body=BODY,
        ChecksumCRC32=base64(CHECKSUMS["CRC32"]),
        ChecksumSHA1=base64(CHECKSUMS["SHA1"]),
    )

    assert error["Message"] == (
        "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
    )


@pytest.mark.parametrize(
    ("checksum", "status"), [(CHECKSUMS["CRC32C"], 200), (WRONG["CRC32C"], 400)]
)
def test_a_checksum_behind_the_body_is_verified(s3, server, account, bucket, checksum, status):
    signature = (
        f"AWS4-HMAC-SHA256 Credential={account}/20260101/us-east-1/s3/aws4_request, "
        "SignedHeaders=host, Signature=0"
    )
    trailer = b"x-amz-checksum-crc32c:" + b64encode(checksum) + b"\r\n\r\n"

    answer = httpx.put(
        f"{server.url}/{bucket}/key",
        content=b"4\r\n1234\r\n5\r\n56789\r\n0\r\n" + trailer,
        headers={
            "authorization": signature,
            "content-encoding": "aws-chunked,gzip",
            "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
            "x-amz-decoded-content-length": "9",
            "x-amz-trailer": "x-amz-checksum-crc32c",
        },
    )

    assert answer.status_code == status, answer.text
    if status == 200:
        got = s3.get_object(Bucket=bucket, Key="key")
        assert (got["Body"].read(), got["ContentEncoding"]) == (BODY, "gzip")
        assert got["ChecksumCRC32C"] == base64(checksum)
    else:
        assert "<Code>BadDigest</Code>" in answer.text
        assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_attributes_tell_what_is_known(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=BODY, StorageClass="ONEZONE_IA")

    answer = s3.get_object_attributes(
        Bucket=bucket,
        Key="key",
        ObjectAttributes=["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"],
    )

    del answer["ResponseMetadata"], answer["LastModified"]
    assert answer == {
        "ETag": hashlib.md5(BODY).hexdigest(),
        "Checksum": {
            "ChecksumCRC32": base64(CHECKSUMS["CRC32"]),
            "ChecksumType": "FULL_OBJECT",
        },
        "StorageClass": "ONEZONE_IA",
        "ObjectSize": 9,
    }


def test_attributes_must_be_named(s3, bucket, refusal):
    s3.put_object(Bucket=bucket, Key="key", Body=BODY)

    unknown = refusal(
        s3.get_object_attributes, Bucket=bucket, Key="key", ObjectAttributes=["Color"]
    )
    none = refusal(s3.get_object_attributes, Bucket=bucket, Key="key", ObjectAttributes=[])

    assert (unknown["Code"], unknown["ArgumentValue"]) == ("InvalidArgument", "Color")
    assert none["Code"] == "InvalidArgument"
