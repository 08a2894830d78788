"""What browsers and virtual-hosted clients send: preflights, origins, buckets in host names."""

import httpx
import pytest

RULES = [
    {
        "AllowedMethods": ["GET", "PUT"],
        "AllowedOrigins": ["https://*.example.com"],
        "AllowedHeaders": ["x-amz-*", "content-type"],
        "ExposeHeaders": ["ETag", "x-amz-version-id"],
        "MaxAgeSeconds": 300,
    },
    {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]},
]


@pytest.fixture
def open_bucket(s3, bucket):
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": RULES})
    s3.put_object(Bucket=bucket, Key="key", Body=b"x")
    return bucket


def signed(account, host):
    scope = f"{account}/20260101/us-east-1/s3/aws4_request"
    signature = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    return {"host": host, "authorization": signature}


def preflight(server, bucket, method, origin, headers=""):
    asked = {"origin": origin, "access-control-request-method": method}
    if headers:
        asked["access-control-request-headers"] = headers
    return httpx.options(f"{server.url}/{bucket}/key", headers=asked)


def test_a_preflight_is_answered_by_the_rule_that_fits(server, open_bucket):
    answer = preflight(
        server, open_bucket, "PUT", "https://app.example.com", "Content-Type, x-amz-date"
    )

    assert answer.status_code == 200
    told = {
        name: value for name, value in answer.headers.items() if name.startswith("access-control")
    }
    assert told == {
        "access-control-allow-origin": "https://app.example.com",
        "access-control-allow-methods": "GET, PUT",
        "access-control-allow-headers": "content-type, x-amz-date",
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "ETag, x-amz-version-id",
        "access-control-max-age": "300",
    }


@pytest.mark.parametrize(
    ("method", "origin", "headers"),
    [
        ("PUT", "https://example.org", ""),
        ("DELETE", "https://app.example.com", ""),
        ("PUT", "https://app.example.com", "authorization"),
    ],
)
def test_a_preflight_that_no_rule_fits_is_refused(server, open_bucket, method, origin, headers):
    answer = preflight(server, open_bucket, method, origin, headers)

    assert answer.status_code == 403
    assert "<Code>AccessForbidden</Code>" in answer.text


def test_a_bucket_without_rules_allows_no_page(server, bucket):
    answer = preflight(server, bucket, "GET", "https://example.com")

    assert "CORSResponse: CORS is not enabled for this bucket." in answer.text


def test_answers_to_an_allowed_page_say_so(s3, server, open_bucket):
    url = s3.generate_presigned_url("get_object", Params={"Bucket": open_bucket, "Key": "key"})
    missing = s3.generate_presigned_url("get_object", Params={"Bucket": open_bucket, "Key": "no"})

    answer = httpx.get(url, headers={"origin": "https://app.example.com"})
    anyone = httpx.get(url, headers={"origin": "https://example.org"})
    error = httpx.get(missing, headers={"origin": "https://app.example.com"})

    assert answer.headers["access-control-allow-origin"] == "https://app.example.com"
    assert answer.headers["access-control-expose-headers"] == "ETag, x-amz-version-id"
    assert anyone.headers["access-control-allow-origin"] == "*"
    assert (error.status_code, error.headers["access-control-allow-origin"]) == (
        404,
        "https://app.example.com",
    )
    assert "access-control-allow-origin" not in httpx.get(url).headers


@pytest.mark.parametrize(
    "host",
    [
        "{bucket}.localhost",
        "{bucket}.s3.localhost",
        "{bucket}.s3.us-east-1.localhost",
        "{bucket}.s3.amazonaws.com",
        "{bucket}.s3.us-east-1.amazonaws.com",
        "{bucket}.s3-us-east-1.amazonaws.com",
        "{bucket}.s3.dualstack.us-east-1.amazonaws.com",
    ],
)
def test_a_bucket_may_stand_in_the_host_name(s3, server, account, bucket, host):
    s3.put_object(Bucket=bucket, Key="a/b", Body=b"body")
    headers = signed(account, f"{host.format(bucket=bucket)}:{server.port}")

    listed = httpx.get(f"{server.url}/?list-type=2", headers=headers)

    assert "<Key>a/b</Key>" in listed.text
    assert httpx.get(f"{server.url}/a/b", headers=headers).content == b"body"
    assert httpx.put(f"{server.url}/new", headers=headers, content=b"x").status_code == 200
    assert s3.get_object(Bucket=bucket, Key="new")["Body"].read() == b"x"


@pytest.mark.parametrize("host", ["localhost", "s3.localhost", "s3.us-east-1.amazonaws.com"])
def test_a_host_may_name_no_bucket(s3, server, account, bucket, host):
    s3.put_object(Bucket=bucket, Key="key", Body=b"body")
    headers = signed(account, f"{host}:{server.port}")

    assert httpx.get(f"{server.url}/{bucket}/key", headers=headers).content == b"body"


def test_a_slash_behind_the_bucket_changes_nothing(s3, server, bucket):
    url = s3.generate_presigned_url("list_objects_v2", Params={"Bucket": bucket})

    answer = httpx.get(url.replace(f"/{bucket}?", f"/{bucket}/?"))

    assert f"<Name>{bucket}</Name>" in answer.text
