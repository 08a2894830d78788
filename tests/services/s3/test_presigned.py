import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from botocore.config import Config


@pytest.fixture(params=["s3v4", "s3"])
def signer(client, request):
    """A client that presigns with signature version 4, and one with version 2."""
    return client("s3", config=Config(signature_version=request.param))


def test_a_presigned_url_reads(s3, signer, bucket):
    s3.put_object(Bucket=bucket, Key="a key/é", Body=b"body", ContentType="text/html")
    url = signer.generate_presigned_url(
        "get_object",
        Params={
            "Bucket": bucket,
            "Key": "a key/é",
            "ResponseContentType": "text/plain",
            "ResponseContentDisposition": 'attachment; filename="a.txt"',
        },
    )

    answer = httpx.get(url)

    assert (answer.status_code, answer.content) == (200, b"body")
    assert answer.headers["content-type"] == "text/plain"
    assert answer.headers["content-disposition"] == 'attachment; filename="a.txt"'


def test_a_presigned_url_writes(s3, signer, bucket):
    url = signer.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "key"})

    answer = httpx.put(url, content=b"body", headers={"x-amz-meta-a": "1"})

    assert answer.status_code == 200
    got = s3.get_object(Bucket=bucket, Key="key")
    assert (got["Body"].read(), got["Metadata"]) == (b"body", {"a": "1"})


def test_headers_may_stand_in_the_query_of_a_presigned_url(s3, client, bucket):
    version_2 = client("s3", config=Config(signature_version="s3"))
    url = version_2.generate_presigned_url(
        "put_object",
        Params={"Bucket": bucket, "Key": "key", "Metadata": {"a": "1"}, "Tagging": "t=1"},
    )

    answer = httpx.put(url, content=b"body")

    assert answer.status_code == 200
    got = s3.get_object(Bucket=bucket, Key="key")
    assert (got["Body"].read(), got["Metadata"], got["TagCount"]) == (b"body", {"a": "1"}, 1)


def test_a_presigned_url_deletes_and_lists(s3, signer, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"")
    listing = signer.generate_presigned_url("list_objects_v2", Params={"Bucket": bucket})
    deletion = signer.generate_presigned_url(
        "delete_object", Params={"Bucket": bucket, "Key": "key"}
    )

    assert "<Key>key</Key>" in httpx.get(listing).text
    assert httpx.delete(deletion).status_code == 204
    assert "<Key>" not in httpx.get(listing).text


def test_a_form_uploads_a_file(s3, bucket):
    form = s3.generate_presigned_post(
        bucket,
        "folder/${filename}",
        Fields={"x-amz-meta-a": "1", "Content-Type": "text/plain"},
        Conditions=[{"x-amz-meta-a": "1"}, ["starts-with", "$Content-Type", "text/"]],
    )

    answer = httpx.post(
        form["url"], data=form["fields"], files={"file": ("C:\\a photo.txt", b"body" * 1000)}
    )

    assert answer.status_code == 204
    got = s3.get_object(Bucket=bucket, Key="folder/a photo.txt")
    assert got["Body"].read() == b"body" * 1000
    assert (got["ContentType"], got["Metadata"]) == ("text/plain", {"a": "1"})
    assert answer.headers["etag"] == got["ETag"]


def test_a_large_file_of_a_form_arrives_whole(s3, bucket):
    body = b"\r\n--almost a boundary" * 200_000
    form = s3.generate_presigned_post(bucket, "key")

    answer = httpx.post(form["url"], data=form["fields"], files={"file": ("name", body)})

    assert answer.status_code == 204
    assert s3.get_object(Bucket=bucket, Key="key")["Body"].read() == body


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_form_is_answered_as_it_asks(s3, bucket, status):
    form = s3.generate_presigned_post(
        bucket,
        "key",
        Fields={"success_action_status": str(status)},
        Conditions=[{"success_action_status": str(status)}],
    )

    answer = httpx.post(form["url"], data=form["fields"], files={"file": ("name", b"x")})

    assert answer.status_code == status
    assert ("<Key>key</Key>" in answer.text) == (status == 201)


def test_a_form_leads_on_to_a_page(s3, bucket):
    form = s3.generate_presigned_post(
        bucket,
        "key",
        Fields={"success_action_redirect": "https://example.com/done?x=1"},
        Conditions=[["starts-with", "$success_action_redirect", ""]],
    )

    answer = httpx.post(form["url"], data=form["fields"], files={"file": ("name", b"x")})

    assert answer.status_code == 303
    assert answer.headers["location"] == (
        f"https://example.com/done?x=1&bucket={bucket}&key=key"
        "&etag=%229dd4e461268c8034f5c8564e155c67a6%22"
    )


def refused(form, fields=None, content=b"x"):
    answer = httpx.post(
        form["url"], data={**form["fields"], **(fields or {})}, files={"file": ("n", content)}
    )
    code = answer.text.partition("<Code>")[2].partition("</Code>")[0]
    message = answer.text.partition("<Message>")[2].partition("</Message>")[0]
    return answer.status_code, code, message


def test_a_form_is_held_to_its_policy(s3, bucket):
    form = s3.generate_presigned_post(bucket, "key", Conditions=[["content-length-range", 2, 4]])

    assert refused(form, {"extra": "field"}) == (
        403,
        "AccessDenied",
        "Invalid according to Policy: Extra input fields: extra",
    )
    assert refused(form, {"key": "other"}) == (
        403,
        "AccessDenied",
        'Invalid according to Policy: Policy Condition failed: ["eq", "$key", "key"]',
    )
    assert refused(form)[:2] == (400, "EntityTooSmall")
    assert refused(form, content=b"too long")[:2] == (400, "EntityTooLarge")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_an_old_form_is_refused(s3, bucket):
    form = s3.generate_presigned_post(bucket, "key", ExpiresIn=-60)

    assert refused(form) == (
        403,
        "AccessDenied",
        "Invalid according to Policy: Policy expired.",
    )


@pytest.mark.parametrize(
    "policy",
    [
        b"no json",
        b"[]",
        b'{"expiration": "tomorrow", "conditions": []}',
        json.dumps(
            {
                "expiration": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
                "conditions": [["matches", "$key", "k*"]],
            }
        ).encode(),
    ],
)
def test_a_policy_that_cannot_be_read_is_refused(s3, bucket, policy):
    form = s3.generate_presigned_post(bucket, "key")

    status, code, _ = refused(form, {"policy": b64encode(policy).decode()})

    assert (status, code) == (400, "InvalidPolicyDocument")


def test_a_form_without_a_file_is_refused(s3, bucket):
    form = s3.generate_presigned_post(bucket, "key")

    answer = httpx.post(
        form["url"], files={name: (None, value) for name, value in form["fields"].items()}
    )

    assert (answer.status_code, "MalformedPOSTRequest" in answer.text) == (400, True)
