import pytest

from outcrop.aws.s3_hosts import bucket_in_host


@pytest.mark.parametrize(
    ("host", "bucket"),
    [
        ("my-bucket.s3.localhost:4566", "my-bucket"),
        ("my-bucket.localhost:4566", "my-bucket"),
        ("my.dotted.bucket.s3.localhost", "my.dotted.bucket"),
        ("my-bucket.s3.eu-west-3.amazonaws.com", "my-bucket"),
        ("my-bucket.s3-eu-west-3.amazonaws.com", "my-bucket"),
        ("my-bucket.s3.amazonaws.com", "my-bucket"),
        ("s3.localhost:4566", None),
        ("s3.eu-west-3.amazonaws.com", None),
        ("localhost:4566", None),
        ("127.0.0.1:4566", None),
        ("[::1]:4566", None),
        ("models.example.test", None),
        ("", None),
    ],
)
def test_the_bucket_of_a_host_is_found(host: str, bucket: str | None):
    assert bucket_in_host(host) == bucket
