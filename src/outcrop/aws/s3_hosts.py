"""The bucket that a host name holds, when a client addresses it so.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
"""

import re

_BUCKET = r"(?P<bucket>[a-z0-9A-Z][a-zA-Z0-9._-]{1,61}[a-zA-Z0-9])"
_in_s3_host = re.compile(rf"{_BUCKET}\.s3[.-].+").fullmatch
_in_local_host = re.compile(rf"{_BUCKET}\.localhost").fullmatch
_is_region = re.compile(r"(s3|s3[.-].+|[a-z]{2}(-[a-z]+)+-[0-9])").fullmatch


def bucket_in_host(host: str) -> str | None:
    """Return the bucket of `bucket.s3.localhost:4566` or `bucket.localhost`; `None` without one."""
    name = host.partition(":")[0].rstrip(".")
    found = _in_s3_host(name) or _in_local_host(name)
    if found is None or _is_region(found["bucket"]):
        return None
    return found["bucket"]
