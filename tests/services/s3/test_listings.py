import re
from itertools import chain, pairwise

import httpx
import pytest

KEYS = [
    "a.txt",
    "a/1",
    "a/2",
    "a/b/3",
    "a0",
    "b/1",
    "b/2/3",
    "c",
    "d/",
    "Ω",
    "鍵",
    "🔑",
]
"""In the order of their UTF-8 bytes."""


@pytest.fixture
def filled(s3, bucket):
    for key in reversed(KEYS):
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    return bucket


def keys(page):
    return [item["Key"] for item in page.get("Contents", [])]


def prefixes(page):
    return [item["Prefix"] for item in page.get("CommonPrefixes", [])]


def test_keys_are_listed_in_the_order_of_their_bytes(s3, filled):
    page = s3.list_objects_v2(Bucket=filled)

    assert keys(page) == KEYS == sorted(KEYS, key=str.encode)
    assert (page["KeyCount"], page["IsTruncated"]) == (len(KEYS), False)


def test_a_listed_object_is_described(s3, filled):
    (item,) = s3.list_objects_v2(Bucket=filled, Prefix="c")["Contents"]

    del item["LastModified"]
    assert item == {
        "Key": "c",
        "ETag": '"4a8a08f09d37b73795649038408b5f33"',
        "ChecksumAlgorithm": ["CRC32"],
        "ChecksumType": "FULL_OBJECT",
        "Size": 1,
        "StorageClass": "STANDARD",
    }


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [("a/", ["a/1", "a/2", "a/b/3"]), ("a", KEYS[:5]), ("d/", ["d/"]), ("z", []), ("Ω", ["Ω"])],
)
def test_only_keys_below_a_prefix_are_listed(s3, filled, prefix, expected):
    assert keys(s3.list_objects_v2(Bucket=filled, Prefix=prefix)) == expected


def test_keys_below_a_delimiter_are_folded(s3, filled):
    page = s3.list_objects_v2(Bucket=filled, Delimiter="/")

    assert keys(page) == ["a.txt", "a0", "c", "Ω", "鍵", "🔑"]
    assert prefixes(page) == ["a/", "b/", "d/"]
    assert page["KeyCount"] == 9


def test_a_prefix_is_left_out_of_the_folding(s3, filled):
    page = s3.list_objects_v2(Bucket=filled, Delimiter="/", Prefix="a/")

    assert (keys(page), prefixes(page)) == (["a/1", "a/2"], ["a/b/"])


def test_a_delimiter_may_have_several_characters(s3, filled):
    page = s3.list_objects_v2(Bucket=filled, Delimiter="/b/")

    assert prefixes(page) == ["a/b/"]


@pytest.mark.parametrize("delimiter", ["", "/"])
@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_pages_hold_the_whole_list_once(s3, filled, delimiter, size):
    whole = s3.list_objects_v2(Bucket=filled, Delimiter=delimiter)
    pages = list(
        s3.get_paginator("list_objects_v2").paginate(
            Bucket=filled, Delimiter=delimiter, PaginationConfig={"PageSize": size}
        )
    )

    assert [*chain(*map(keys, pages))] == keys(whole)
    assert [*chain(*map(prefixes, pages))] == prefixes(whole)
    assert all(page["KeyCount"] == size for page, _ in pairwise(pages))


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_pages_of_the_first_version_hold_the_whole_list_once(s3, filled, size):
    pages = list(
        s3.get_paginator("list_objects").paginate(
            Bucket=filled, Delimiter="/", PaginationConfig={"PageSize": size}
        )
    )

    assert [*chain(*map(keys, pages))] == ["a.txt", "a0", "c", "Ω", "鍵", "🔑"]
    assert [*chain(*map(prefixes, pages))] == ["a/", "b/", "d/"]


def test_a_list_starts_after_a_key(s3, filled):
    page = s3.list_objects_v2(Bucket=filled, StartAfter="b/2/3")

    assert keys(page) == KEYS[7:]
    assert page["StartAfter"] == "b/2/3"


def test_a_folder_that_the_list_starts_in_is_passed_over(s3, filled):
    page = s3.list_objects_v2(Bucket=filled, Delimiter="/", StartAfter="a/1")

    assert (keys(page)[0], prefixes(page)) == ("a0", ["b/", "d/"])


def test_no_keys_are_asked_for_and_none_come(s3, filled):
    page = s3.list_objects_v2(Bucket=filled, MaxKeys=0)

    assert (keys(page), page["IsTruncated"], page["KeyCount"]) == ([], False, 0)


def test_no_page_has_more_than_a_thousand_keys(s3, bucket):
    page = s3.list_objects_v2(Bucket=bucket, MaxKeys=5000)

    assert page["MaxKeys"] == 1000


def test_a_negative_number_of_keys_is_refused(s3, bucket, refusal):
    assert refusal(s3.list_objects_v2, Bucket=bucket, MaxKeys=-1) == {
        "Code": "InvalidArgument",
        "Message": "Argument max-keys must be an integer between 0 and 2147483647",
        "ArgumentName": "max-keys",
        "ArgumentValue": "-1",
        "status": 400,
    }


def test_a_number_of_keys_that_is_none_is_refused_by_its_name(s3, bucket, refusal):
    assert refusal(s3.list_objects_v2, Bucket=bucket, MaxKeys=1 << 31) == {
        "Code": "InvalidArgument",
        "Message": "Provided max-keys not an integer or within integer range",
        "ArgumentName": "max-keys",
        "ArgumentValue": "2147483648",
        "status": 400,
    }


def test_a_token_of_nobody_is_refused(s3, bucket, refusal):
    error = refusal(s3.list_objects_v2, Bucket=bucket, ContinuationToken="nonsense")

    assert (error["Code"], error["Message"]) == (
        "InvalidArgument",
        "The continuation token provided is incorrect",
    )


def test_the_owner_is_listed_where_it_is_asked_for(s3, filled):
    plain = s3.list_objects_v2(Bucket=filled, Prefix="c")
    owned = s3.list_objects_v2(Bucket=filled, Prefix="c", FetchOwner=True)

    assert "Owner" not in plain["Contents"][0]
    assert owned["Contents"][0]["Owner"] == s3.list_buckets()["Owner"]


def test_a_list_goes_on_where_its_last_key_was_deleted(s3, filled):
    first = s3.list_objects_v2(Bucket=filled, MaxKeys=3)
    s3.delete_object(Bucket=filled, Key="a/2")

    second = s3.list_objects_v2(Bucket=filled, ContinuationToken=first["NextContinuationToken"])

    assert keys(first) + keys(second) == KEYS


ODD_KEYS = ["100%", "a\x01b", "a b", "a%20b", "a+b", "a/é&<"]
"""In the order of their bytes; each means another one if it is encoded once too often or not."""


def test_keys_are_encoded_where_the_client_asks_for_it(s3, bucket):
    for key in ODD_KEYS:
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    s3.create_multipart_upload(Bucket=bucket, Key=ODD_KEYS[3])
    asked = {"Bucket": bucket, "EncodingType": "url", "Delimiter": "/"}
    raw = httpx.get(s3.generate_presigned_url("list_objects_v2", Params=asked)).text

    # boto3 asks for it by itself, and decodes.
    assert keys(s3.list_objects_v2(Bucket=bucket)) == ODD_KEYS
    assert keys(s3.list_objects(Bucket=bucket)) == ODD_KEYS
    assert [it["Key"] for it in s3.list_object_versions(Bucket=bucket)["Versions"]] == ODD_KEYS
    assert s3.list_multipart_uploads(Bucket=bucket)["Uploads"][0]["Key"] == ODD_KEYS[3]
    assert prefixes(s3.list_objects_v2(Bucket=bucket, Delimiter="é&")) == ["a/é&"]
    assert re.findall("<Key>(.*?)</Key>", raw) == ["100%25", "a%01b", "a+b", "a%2520b", "a%2Bb"]
    assert "<EncodingType>url</EncodingType>" in raw
