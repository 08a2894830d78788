import hashlib
from base64 import b64encode
from zlib import crc32

import pytest

MIB = 1 << 20
PARTS = [bytes([letter]) * (5 * MIB) for letter in b"ab"] + [b"the end"]


@pytest.fixture
def upload(s3, bucket):
    """Begin an upload; give what its operations need."""
    upload_id = s3.create_multipart_upload(
        Bucket=bucket, Key="big", ContentType="text/plain", Metadata={"a": "1"}, Tagging="t=1"
    )["UploadId"]
    return {"Bucket": bucket, "Key": "big", "UploadId": upload_id}


def send(s3, upload, number, body, **arguments):
    answer = s3.upload_part(**upload, PartNumber=number, Body=body, **arguments)
    return {"PartNumber": number, "ETag": answer["ETag"]}


def complete(s3, upload, parts, **arguments):
    return s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts}, **arguments)


def test_parts_make_an_object_in_the_order_of_their_numbers(s3, bucket, upload):
    parts = [send(s3, upload, number, PARTS[number - 1]) for number in (3, 1, 2)]
    parts.sort(key=lambda part: part["PartNumber"])

    answer = complete(s3, upload, parts)
    got = s3.get_object(Bucket=bucket, Key="big")

    digests = b"".join(hashlib.md5(part).digest() for part in PARTS)
    assert answer["ETag"] == f'"{hashlib.md5(digests).hexdigest()}-3"'
    assert answer["Key"] == "big"
    assert got["Body"].read() == b"".join(PARTS)
    assert (got["ContentType"], got["Metadata"], got["TagCount"]) == ("text/plain", {"a": "1"}, 1)


def test_the_location_of_an_object_has_its_key_encoded(s3, bucket):
    place = {"Bucket": bucket, "Key": "a/b c"}
    upload = {**place, "UploadId": s3.create_multipart_upload(**place)["UploadId"]}

    answer = complete(s3, upload, [send(s3, upload, 1, b"x")])

    assert answer["Location"].endswith(f"/{bucket}/a%2Fb%20c")
    assert answer["Key"] == "a/b c"


def test_numbers_may_leave_gaps_and_parts_may_be_left_out(s3, bucket, upload):
    send(s3, upload, 1, b"left out")
    parts = [send(s3, upload, 20, PARTS[0]), send(s3, upload, 9999, b"end")]

    complete(s3, upload, parts)

    assert s3.get_object(Bucket=bucket, Key="big")["Body"].read() == PARTS[0] + b"end"


def test_the_last_body_under_a_number_counts(s3, bucket, upload):
    send(s3, upload, 1, b"first")
    part = send(s3, upload, 1, b"second")

    complete(s3, upload, [part])

    assert s3.get_object(Bucket=bucket, Key="big")["Body"].read() == b"second"


@pytest.mark.parametrize(
    ("start", "stop"),
    [(0, 10), (5 * MIB - 3, 5 * MIB + 3), (5 * MIB, 10 * MIB), (10 * MIB - 1, 10 * MIB + 7)],
)
def test_a_range_goes_over_the_borders_of_parts(s3, bucket, upload, start, stop):
    complete(s3, upload, [send(s3, upload, at, part) for at, part in enumerate(PARTS, 1)])

    got = s3.get_object(Bucket=bucket, Key="big", Range=f"bytes={start}-{stop - 1}")

    assert got["Body"].read() == b"".join(PARTS)[start:stop]


def test_a_part_of_the_object_is_read_by_its_number(s3, bucket, upload, refusal):
    complete(s3, upload, [send(s3, upload, at, part) for at, part in enumerate(PARTS, 1)])

    got = s3.get_object(Bucket=bucket, Key="big", PartNumber=3)
    error = refusal(s3.get_object, Bucket=bucket, Key="big", PartNumber=4)

    assert got["Body"].read() == b"the end"
    assert got["PartsCount"] == 3
    assert got["ContentRange"] == f"bytes {10 * MIB}-{10 * MIB + 6}/{10 * MIB + 7}"
    assert (error["Code"], error["status"]) == ("InvalidPartNumber", 416)


def test_an_object_is_not_there_before_its_upload_is_complete(s3, bucket, upload):
    send(s3, upload, 1, b"x")

    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_uploads_and_parts_are_listed(s3, bucket, upload):
    for number in (1, 2, 3):
        send(s3, upload, number, b"x" * number)

    (listed,) = s3.list_multipart_uploads(Bucket=bucket)["Uploads"]
    parts = s3.list_parts(**upload)

    assert (listed["Key"], listed["UploadId"]) == ("big", upload["UploadId"])
    assert [(part["PartNumber"], part["Size"]) for part in parts["Parts"]] == [
        (1, 1),
        (2, 2),
        (3, 3),
    ]
    assert parts["IsTruncated"] is False


def test_parts_are_listed_in_pages(s3, bucket, upload):
    for number in range(1, 6):
        send(s3, upload, number, b"x")

    pages = list(
        s3.get_paginator("list_parts").paginate(**upload, PaginationConfig={"PageSize": 2})
    )

    assert [[part["PartNumber"] for part in page["Parts"]] for page in pages] == [
        [1, 2],
        [3, 4],
        [5],
    ]


def test_uploads_are_listed_in_pages(s3, bucket):
    begun = [
        (key, s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"])
        for key in ("a", "a", "b/1", "b/2", "c")
    ]

    pages = s3.get_paginator("list_multipart_uploads").paginate(
        Bucket=bucket, PaginationConfig={"PageSize": 2}
    )
    listed = [(item["Key"], item["UploadId"]) for page in pages for item in page["Uploads"]]
    folded = s3.list_multipart_uploads(Bucket=bucket, Delimiter="/")

    assert listed == begun
    assert [item["Key"] for item in folded["Uploads"]] == ["a", "a", "c"]
    assert folded["CommonPrefixes"] == [{"Prefix": "b/"}]


def test_an_aborted_upload_is_gone(s3, bucket, upload, refusal):
    send(s3, upload, 1, b"x")

    s3.abort_multipart_upload(**upload)

    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
    for operation, more in (
        (s3.abort_multipart_upload, {}),
        (s3.list_parts, {}),
        (s3.upload_part, {"PartNumber": 1, "Body": b"x"}),
    ):
        assert refusal(operation, **upload, **more) == {
            "Code": "NoSuchUpload",
            "Message": (
                "The specified upload does not exist. The upload ID may be invalid, or the upload "
                "may have been aborted or completed."
            ),
            "UploadId": upload["UploadId"],
            "status": 404,
        }


def test_completing_once_more_gives_the_same_answer(s3, bucket, upload):
    parts = [send(s3, upload, 1, b"x")]

    first, second = complete(s3, upload, parts), complete(s3, upload, parts)

    del first["ResponseMetadata"], second["ResponseMetadata"]
    assert first == second


def test_a_part_that_is_too_small_is_told_of(s3, upload, refusal):
    parts = [send(s3, upload, number, b"small") for number in (1, 2)]

    error = refusal(s3.complete_multipart_upload, **upload, MultipartUpload={"Parts": parts})

    assert error == {
        "Code": "EntityTooSmall",
        "Message": "Your proposed upload is smaller than the minimum allowed size",
        "ProposedSize": "5",
        "MinSizeAllowed": str(5 * MIB),
        "PartNumber": "1",
        "ETag": hashlib.md5(b"small").hexdigest(),
        "status": 400,
    }


def test_a_part_with_another_etag_is_not_taken(s3, upload, refusal):
    send(s3, upload, 1, b"x")
    parts = [{"PartNumber": 1, "ETag": '"0123"'}]

    error = refusal(s3.complete_multipart_upload, **upload, MultipartUpload={"Parts": parts})

    assert (error["Code"], error["PartNumber"], error["status"]) == ("InvalidPart", "1", 400)


def test_parts_must_be_in_order(s3, upload, refusal):
    parts = [send(s3, upload, 2, PARTS[0]), send(s3, upload, 1, PARTS[1])]

    error = refusal(s3.complete_multipart_upload, **upload, MultipartUpload={"Parts": parts})

    assert error["Code"] == "InvalidPartOrder"


def test_an_upload_without_parts_is_not_completed(s3, upload, refusal):
    error = refusal(s3.complete_multipart_upload, **upload, MultipartUpload={"Parts": []})

    assert error["Code"] == "MalformedXML"


@pytest.mark.parametrize("number", [0, 10_001])
def test_an_impossible_part_number_is_refused(s3, upload, refusal, number):
    assert refusal(s3.upload_part, **upload, PartNumber=number, Body=b"x") == {
        "Code": "InvalidArgument",
        "Message": "Part number must be an integer between 1 and 10000, inclusive",
        "ArgumentName": "partNumber",
        "ArgumentValue": str(number),
        "status": 400,
    }


def test_an_upload_is_completed_only_where_no_object_is(s3, bucket, upload, refusal):
    s3.put_object(Bucket=bucket, Key="big", Body=b"here")
    parts = [send(s3, upload, 1, b"x")]

    error = refusal(
        s3.complete_multipart_upload,
        **upload,
        MultipartUpload={"Parts": parts},
        IfNoneMatch="*",
    )

    assert (error["Code"], error["status"]) == ("PreconditionFailed", 412)
    assert s3.get_object(Bucket=bucket, Key="big")["Body"].read() == b"here"


def test_a_part_is_copied_from_an_object(s3, bucket, upload):
    s3.put_object(Bucket=bucket, Key="source", Body=PARTS[0] + b"0123456789")
    answers = [
        s3.upload_part_copy(
            **upload,
            PartNumber=number,
            CopySource={"Bucket": bucket, "Key": "source"},
            CopySourceRange=asked,
        )["CopyPartResult"]
        for number, asked in (
            (1, f"bytes=0-{5 * MIB - 1}"),
            (2, f"bytes={5 * MIB + 3}-{5 * MIB + 5}"),
        )
    ]
    parts = [{"PartNumber": at, "ETag": answer["ETag"]} for at, answer in enumerate(answers, 1)]

    complete(s3, upload, parts)

    assert s3.get_object(Bucket=bucket, Key="big")["Body"].read() == PARTS[0] + b"345"


@pytest.mark.parametrize("asked", ["0-3", "bytes=0-10", "bytes=5-2"])
def test_a_range_beyond_the_source_is_refused(s3, bucket, upload, refusal, asked):
    s3.put_object(Bucket=bucket, Key="source", Body=b"0123456789")

    error = refusal(
        s3.upload_part_copy,
        **upload,
        PartNumber=1,
        CopySource=f"{bucket}/source",
        CopySourceRange=asked,
    )

    assert (error["Code"], error["ArgumentValue"]) == ("InvalidArgument", asked)


def test_a_composite_checksum_is_that_of_the_parts_checksums(s3, bucket):
    upload = {
        "Bucket": bucket,
        "Key": "big",
        "UploadId": s3.create_multipart_upload(
            Bucket=bucket, Key="big", ChecksumAlgorithm="SHA256"
        )["UploadId"],
    }
    parts = [
        send(s3, upload, number, body, ChecksumAlgorithm="SHA256")
        | {"ChecksumSHA256": b64encode(hashlib.sha256(body).digest()).decode()}
        for number, body in enumerate(PARTS, 1)
    ]

    answer = complete(s3, upload, parts)

    digests = b"".join(hashlib.sha256(part).digest() for part in PARTS)
    expected = b64encode(hashlib.sha256(digests).digest()).decode()
    assert (answer["ChecksumSHA256"], answer["ChecksumType"]) == (f"{expected}-3", "COMPOSITE")
    attributes = s3.get_object_attributes(
        Bucket=bucket, Key="big", ObjectAttributes=["Checksum", "ObjectParts"], MaxParts=2
    )
    assert attributes["Checksum"] == {"ChecksumSHA256": expected, "ChecksumType": "COMPOSITE"}
    assert attributes["ObjectParts"]["TotalPartsCount"] == 3
    assert attributes["ObjectParts"]["Parts"] == [
        {
            "PartNumber": part["PartNumber"],
            "Size": 5 * MIB,
            "ChecksumSHA256": part["ChecksumSHA256"],
        }
        for part in parts[:2]
    ]


def test_a_checksum_of_the_full_object_is_combined_from_those_of_the_parts(s3, bucket):
    upload = {
        "Bucket": bucket,
        "Key": "big",
        "UploadId": s3.create_multipart_upload(
            Bucket=bucket, Key="big", ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT"
        )["UploadId"],
    }
    parts = [send(s3, upload, number, body) for number, body in enumerate(PARTS, 1)]
    expected = b64encode(crc32(b"".join(PARTS)).to_bytes(4, "big")).decode()

    answer = complete(s3, upload, parts, ChecksumCRC32=expected, ChecksumType="FULL_OBJECT")

    assert (answer["ChecksumCRC32"], answer["ChecksumType"]) == (expected, "FULL_OBJECT")
    assert s3.get_object(Bucket=bucket, Key="big")["Body"].read() == b"".join(PARTS)


def test_an_upload_of_no_algorithm_gets_crc64(s3, upload):
    answer = complete(s3, upload, [send(s3, upload, at, part) for at, part in enumerate(PARTS, 1)])

    assert answer["ChecksumType"] == "FULL_OBJECT"
    assert "ChecksumCRC64NVME" in answer


def test_a_composite_upload_needs_the_checksum_of_each_part(s3, bucket, refusal):
    upload = {
        "Bucket": bucket,
        "Key": "big",
        "UploadId": s3.create_multipart_upload(Bucket=bucket, Key="big", ChecksumAlgorithm="SHA1")[
            "UploadId"
        ],
    }
    parts = [send(s3, upload, 1, b"x", ChecksumAlgorithm="SHA1")]

    error = refusal(s3.complete_multipart_upload, **upload, MultipartUpload={"Parts": parts})

    assert error["Message"] == (
        "The upload was created using a sha1 checksum. The complete request must include the "
        "checksum for each part. It was missing for part 1 in the request."
    )


def test_sha_is_no_checksum_of_a_full_object(s3, bucket, refusal):
    error = refusal(
        s3.create_multipart_upload,
        Bucket=bucket,
        Key="big",
        ChecksumAlgorithm="SHA256",
        ChecksumType="FULL_OBJECT",
    )

    assert (error["Code"], error["Message"]) == (
        "InvalidRequest",
        "The FULL_OBJECT checksum type cannot be used with the sha256 checksum algorithm.",
    )


def test_the_transfer_manager_goes_there_and_back(s3, bucket, tmp_path):
    body = bytes(at % 251 for at in range(20 * MIB))
    (tmp_path / "up").write_bytes(body)

    s3.upload_file(str(tmp_path / "up"), bucket, "big")
    s3.download_file(bucket, "big", str(tmp_path / "down"))

    assert (tmp_path / "down").read_bytes() == body
    assert s3.head_object(Bucket=bucket, Key="big")["ETag"].endswith('-3"')
