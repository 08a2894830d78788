import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

MIB = 1 << 20
SIZES = [0, 1, 4 << 10, (4 << 10) + 1, 16 << 10, (16 << 10) + 1, 64 << 10, MIB, 3 * MIB + 7]


@pytest.mark.parametrize("size", SIZES)
def test_an_object_comes_back_as_it_was_put(s3, bucket, size):
    body = bytes(at % 251 for at in range(size))

    put = s3.put_object(Bucket=bucket, Key="key", Body=body)
    got = s3.get_object(Bucket=bucket, Key="key")

    assert put["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'
    assert got["ETag"] == put["ETag"]
    assert got["ContentLength"] == size
    assert got["Body"].read() == body


def test_what_is_said_of_an_object_comes_back(s3, bucket):
    s3.put_object(
        Bucket=bucket,
        Key="page",
        Body=b"<p>",
        CacheControl="max-age=60",
        ContentDisposition='attachment; filename="page.html"',
        ContentEncoding="gzip",
        ContentLanguage="fr",
        ContentType="text/html",
        Expires=datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC),
        Metadata={"Author": "Ada", "note": "a b"},
        StorageClass="STANDARD_IA",
        Tagging="a=1&b=2",
        WebsiteRedirectLocation="/other",
    )

    head = s3.head_object(Bucket=bucket, Key="page")
    told = {name: value for name, value in head.items() if name != "ResponseMetadata"}

    assert told.pop("LastModified") <= datetime.now(UTC)
    assert told == {
        "AcceptRanges": "bytes",
        "CacheControl": "max-age=60",
        "ContentDisposition": 'attachment; filename="page.html"',
        "ContentEncoding": "gzip",
        "ContentLanguage": "fr",
        "ContentLength": 3,
        "ContentType": "text/html",
        "ETag": f'"{hashlib.md5(b"<p>").hexdigest()}"',
        "Expires": datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC),
        "ExpiresString": "Wed, 02 Jan 2030 03:04:05 GMT",
        "Metadata": {"author": "Ada", "note": "a b"},
        "ServerSideEncryption": "AES256",
        "StorageClass": "STANDARD_IA",
        "TagCount": 2,
        "WebsiteRedirectLocation": "/other",
    }


def test_an_overwritten_object_has_only_what_was_said_last(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"old", Metadata={"a": "1"}, Tagging="a=1")
    s3.put_object(Bucket=bucket, Key="key", Body=b"new")

    got = s3.get_object(Bucket=bucket, Key="key")

    assert (got["Body"].read(), got["Metadata"], got.get("TagCount")) == (b"new", {}, None)
    assert got["ContentType"] == "binary/octet-stream"


def test_an_answer_carries_the_headers_that_the_reader_asks_for(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"x", ContentType="text/html")

    got = s3.get_object(
        Bucket=bucket,
        Key="key",
        ResponseContentType="text/plain",
        ResponseContentDisposition="inline",
        ResponseCacheControl="no-cache",
    )

    assert (got["ContentType"], got["ContentDisposition"], got["CacheControl"]) == (
        "text/plain",
        "inline",
        "no-cache",
    )


def test_a_missing_object_is_told(s3, bucket, refusal):
    assert refusal(s3.get_object, Bucket=bucket, Key="nope") == {
        "Code": "NoSuchKey",
        "Message": "The specified key does not exist.",
        "Key": "nope",
        "status": 404,
    }
    assert refusal(s3.head_object, Bucket=bucket, Key="nope") == {
        "Code": "404",
        "Message": "Not Found",
        "status": 404,
    }


RANGES = [
    ("bytes=0-0", b"0", "bytes 0-0/10"),
    ("bytes=3-5", b"345", "bytes 3-5/10"),
    ("bytes=7-", b"789", "bytes 7-9/10"),
    ("bytes=-2", b"89", "bytes 8-9/10"),
    ("bytes=-20", b"0123456789", "bytes 0-9/10"),
    ("bytes=5-100", b"56789", "bytes 5-9/10"),
]


@pytest.mark.parametrize(("asked", "expected", "content_range"), RANGES)
def test_a_range_of_bytes_is_given(s3, bucket, asked, expected, content_range):
    s3.put_object(Bucket=bucket, Key="key", Body=b"0123456789")

    got = s3.get_object(Bucket=bucket, Key="key", Range=asked)

    assert got["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert got["Body"].read() == expected
    assert got["ContentRange"] == content_range
    assert got["ContentLength"] == len(expected)


@pytest.mark.parametrize("asked", ["bytes=5-3", "bytes=a-b", "lines=1-2", "bytes=0-1,3-4"])
def test_a_range_that_cannot_be_read_is_passed_over(s3, bucket, asked):
    s3.put_object(Bucket=bucket, Key="key", Body=b"0123456789")

    got = s3.get_object(Bucket=bucket, Key="key", Range=asked)

    assert got["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert got["Body"].read() == b"0123456789"


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=10-20", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused(s3, bucket, refusal, asked):
    s3.put_object(Bucket=bucket, Key="key", Body=b"0123456789")

    error = refusal(s3.get_object, Bucket=bucket, Key="key", Range=asked)

    assert error == {
        "Code": "InvalidRange",
        "Message": "The requested range is not satisfiable",
        "RangeRequested": asked,
        "ActualObjectSize": "10",
        "status": 416,
    }


def test_a_range_of_a_large_object_is_given(s3, bucket):
    body = bytes(at % 251 for at in range(3 * MIB))
    s3.put_object(Bucket=bucket, Key="key", Body=body)

    got = s3.get_object(Bucket=bucket, Key="key", Range=f"bytes={MIB - 5}-{2 * MIB + 5}")

    assert got["Body"].read() == body[MIB - 5 : 2 * MIB + 6]


def test_an_object_is_read_only_if_it_is_the_one_expected(s3, bucket, refusal):
    etag = s3.put_object(Bucket=bucket, Key="key", Body=b"x")["ETag"]

    s3.get_object(Bucket=bucket, Key="key", IfMatch=etag)
    error = refusal(s3.get_object, Bucket=bucket, Key="key", IfMatch='"other"')

    assert error == {
        "Code": "PreconditionFailed",
        "Message": "At least one of the pre-conditions you specified did not hold",
        "Condition": "If-Match",
        "status": 412,
    }


def test_an_object_that_the_client_has_is_not_sent_again(s3, bucket, refusal):
    etag = s3.put_object(Bucket=bucket, Key="key", Body=b"x")["ETag"]
    modified = s3.head_object(Bucket=bucket, Key="key")["LastModified"]

    for condition in ({"IfNoneMatch": etag}, {"IfModifiedSince": modified}):
        error = refusal(s3.get_object, Bucket=bucket, Key="key", **condition)

        assert (error["Code"], error["status"]) == ("304", 304)


def test_the_etag_decides_where_conditions_disagree(s3, bucket):
    etag = s3.put_object(Bucket=bucket, Key="key", Body=b"x")["ETag"]
    long_ago = datetime(2000, 1, 1, tzinfo=UTC)

    s3.get_object(Bucket=bucket, Key="key", IfMatch=etag, IfUnmodifiedSince=long_ago)
    s3.get_object(
        Bucket=bucket,
        Key="key",
        IfNoneMatch='"other"',
        IfModifiedSince=datetime.now(UTC) + timedelta(days=1),
    )


def test_an_object_modified_since_is_refused(s3, bucket, refusal):
    s3.put_object(Bucket=bucket, Key="key", Body=b"x")

    error = refusal(
        s3.get_object,
        Bucket=bucket,
        Key="key",
        IfUnmodifiedSince=datetime(2000, 1, 1, tzinfo=UTC),
    )

    assert (error["Condition"], error["status"]) == ("If-Unmodified-Since", 412)


def test_an_object_is_written_only_where_none_is(s3, bucket, refusal):
    s3.put_object(Bucket=bucket, Key="key", Body=b"first", IfNoneMatch="*")

    error = refusal(s3.put_object, Bucket=bucket, Key="key", Body=b"second", IfNoneMatch="*")

    assert (error["Code"], error["Condition"], error["status"]) == (
        "PreconditionFailed",
        "If-None-Match",
        412,
    )
    assert s3.get_object(Bucket=bucket, Key="key")["Body"].read() == b"first"


def test_an_object_is_overwritten_only_if_it_is_the_one_expected(s3, bucket, refusal):
    etag = s3.put_object(Bucket=bucket, Key="key", Body=b"first")["ETag"]

    s3.put_object(Bucket=bucket, Key="key", Body=b"second", IfMatch=etag)
    stale = refusal(s3.put_object, Bucket=bucket, Key="key", Body=b"third", IfMatch=etag)
    missing = refusal(s3.put_object, Bucket=bucket, Key="none", Body=b"x", IfMatch=etag)

    assert (stale["Code"], stale["Condition"]) == ("PreconditionFailed", "If-Match")
    assert (missing["Code"], missing["status"]) == ("NoSuchKey", 404)


KEYS = [
    "with space",
    "plus+and&amp;%41",
    "folder/",
    "/leading/slash",
    "double//slash",
    "./..//.",
    "ключ/鍵/🔑",
    "line\nbreak\tand tab",
    "quote\"and'<xml>",
    "a" * 1024,
    "é" * 512,
]


@pytest.mark.parametrize("key", KEYS)
def test_any_key_of_utf_8_works(s3, bucket, key):
    s3.put_object(Bucket=bucket, Key=key, Body=key.encode())

    got = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    listed = s3.list_objects_v2(Bucket=bucket)["Contents"]
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key}]})

    assert got == key.encode()
    assert [item["Key"] for item in listed] == [key]
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_a_key_may_have_control_characters(s3, bucket):
    s3.put_object(Bucket=bucket, Key="\x00\x01\x02", Body=b"x")
    s3.put_object(Bucket=bucket, Key="\x01", Body=b"x")
    s3.put_object(Bucket=bucket, Key="\x00", Body=b"x")

    listed = s3.list_objects_v2(Bucket=bucket)["Contents"]

    assert [item["Key"] for item in listed] == ["\x00", "\x00\x01\x02", "\x01"]


def test_any_text_may_stand_for_the_time_of_expiry(s3, bucket):
    def send_text(request, **_):
        request.headers["Expires"] = "never"

    s3.meta.events.register("before-sign.s3.PutObject", send_text)
    s3.put_object(Bucket=bucket, Key="key", Body=b"x")

    head = s3.head_object(Bucket=bucket, Key="key")

    assert head["ExpiresString"] == "never"


def test_a_key_of_more_than_1024_bytes_is_refused(s3, bucket, refusal):
    error = refusal(s3.put_object, Bucket=bucket, Key="é" * 513, Body=b"")

    assert error == {
        "Code": "KeyTooLongError",
        "Message": "Your key is too long",
        "Size": "1026",
        "MaxSizeAllowed": "1024",
        "status": 400,
    }


def test_too_much_metadata_is_refused(s3, bucket, refusal):
    error = refusal(s3.put_object, Bucket=bucket, Key="key", Metadata={"a": "b" * 2048})

    assert (error["Code"], error["Size"], error["status"]) == ("MetadataTooLarge", "2049", 400)


def test_an_unknown_storage_class_is_refused(s3, bucket, refusal):
    error = refusal(s3.put_object, Bucket=bucket, Key="key", StorageClass="ATTIC")

    assert (error["Code"], error["StorageClassRequested"]) == ("InvalidStorageClass", "ATTIC")


def test_encryption_with_a_key_of_the_clients_is_not_pretended(s3, bucket, refusal):
    error = refusal(
        s3.put_object,
        Bucket=bucket,
        Key="key",
        Body=b"secret",
        SSECustomerAlgorithm="AES256",
        SSECustomerKey="k" * 32,
    )

    assert (error["Code"], error["status"]) == ("NotImplemented", 501)


def test_a_deleted_object_is_gone(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"x" * MIB)

    s3.delete_object(Bucket=bucket, Key="key")

    with pytest.raises(ClientError):
        s3.head_object(Bucket=bucket, Key="key")


def test_deleting_what_is_not_there_is_no_error(s3, bucket):
    answer = s3.delete_object(Bucket=bucket, Key="never")

    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204


def test_an_object_is_deleted_only_if_it_is_the_one_expected(s3, bucket, refusal):
    etag = s3.put_object(Bucket=bucket, Key="key", Body=b"x")["ETag"]

    other = refusal(s3.delete_object, Bucket=bucket, Key="key", IfMatch='"other"')
    missing = refusal(s3.delete_object, Bucket=bucket, Key="none", IfMatch=etag)
    s3.delete_object(Bucket=bucket, Key="key", IfMatch=etag)

    assert (other["Code"], other["Condition"]) == ("PreconditionFailed", "If-Match")
    assert missing["Code"] == "NoSuchKey"


def test_many_objects_are_deleted_at_once(s3, bucket):
    keys = [f"key-{number:04d}" for number in range(1000)]
    for key in keys[:20]:
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")

    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys]})

    assert [item["Key"] for item in answer["Deleted"]] == keys
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_each_of_many_objects_goes_or_stays_by_itself(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    s3.put_object(Bucket=bucket, Key="b", Body=b"x")

    answer = s3.delete_objects(
        Bucket=bucket,
        Delete={"Objects": [{"Key": "a", "ETag": '"other"'}, {"Key": "b"}], "Quiet": True},
    )

    assert answer["Errors"] == [
        {
            "Key": "a",
            "Code": "PreconditionFailed",
            "Message": "At least one of the pre-conditions you specified did not hold",
        }
    ]
    assert "Deleted" not in answer
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["a"]


def test_more_than_a_thousand_keys_are_refused(s3, bucket, refusal):
    keys = [{"Key": str(number)} for number in range(1001)]

    error = refusal(s3.delete_objects, Bucket=bucket, Delete={"Objects": keys})

    assert (error["Code"], error["status"]) == ("MalformedXML", 400)


def test_a_download_goes_on_when_its_object_is_overwritten(s3, bucket):
    body = b"o" * (8 * MIB)
    s3.put_object(Bucket=bucket, Key="key", Body=body)
    stream = s3.get_object(Bucket=bucket, Key="key", Range=f"bytes=1-{8 * MIB}")["Body"]
    first = stream.read(1000)

    s3.put_object(Bucket=bucket, Key="key", Body=b"new")

    assert first + stream.read() == body[1:]


def test_an_archived_object_is_read_after_it_was_restored(s3, bucket, refusal):
    s3.put_object(Bucket=bucket, Key="key", Body=b"x", StorageClass="GLACIER")

    error = refusal(s3.get_object, Bucket=bucket, Key="key")
    restored = s3.restore_object(Bucket=bucket, Key="key", RestoreRequest={"Days": 2})

    assert (error["Code"], error["StorageClass"], error["status"]) == (
        "InvalidObjectState",
        "GLACIER",
        403,
    )
    assert restored["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert s3.head_object(Bucket=bucket, Key="key")["Restore"].startswith('ongoing-request="false"')
    assert s3.get_object(Bucket=bucket, Key="key")["Body"].read() == b"x"
