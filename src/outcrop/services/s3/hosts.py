"""Buckets in host names: virtual-hosted style.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
"""

import re

_REGION = r"(?:[.-](?:dualstack[.]|fips[.]|website[.-])?[a-z0-9-]+)?"
_OF_S3 = re.compile(
    rf"(?:(?P<bucket>.+)[.])?s3{_REGION}[.](?:amazonaws[.]com(?:[.]cn)?|localhost)(?::\d+)?"
)
_OF_LOOPBACK = re.compile(r"(?P<bucket>.+)[.]localhost(?::\d+)?")


def bucket_in_host(host: str) -> str | None:
    """Return the bucket that a host name begins with: `photos.s3.eu-west-1.amazonaws.com`.

    `None` for hosts that name no bucket, such as `s3.localhost` and `127.0.0.1`.
    """
    found = _OF_S3.fullmatch(host) or _OF_LOOPBACK.fullmatch(host)
    return found["bucket"] if found else None
