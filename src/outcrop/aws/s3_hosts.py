"""The bucket that a host name holds, when a client addresses it so.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
"""

import re
from functools import lru_cache

_REGION = r"(?:[.-](?:dualstack[.]|fips[.]|website[.-])?[a-z0-9-]+)?"
_in_s3_host = re.compile(
    rf"(?:(?P<bucket>.+)[.])?s3{_REGION}[.](?:amazonaws[.]com(?:[.]cn)?|localhost)(?::[0-9]+)?"
).fullmatch
_in_local_host = re.compile(r"(?P<bucket>.+)[.]localhost(?::[0-9]+)?").fullmatch


@lru_cache(maxsize=1024)
def bucket_in_host(host: str) -> str | None:
    """Return the bucket of `photos.s3.eu-west-1.amazonaws.com` or `photos.localhost:4566`.

    `None` for hosts that name no bucket, such as `s3.localhost` and `127.0.0.1`.
    """
    found = _in_s3_host(host) or _in_local_host(host)
    return found["bucket"] if found else None
