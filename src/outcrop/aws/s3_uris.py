"""URIs of objects: `s3://bucket/key`.

A key may hold whatever URLs give a meaning to: `?`, `#` and `%` are letters like others.
"""

SCHEME = "s3://"


def bucket_and_key(uri: str) -> tuple[str, str]:
    """Return the bucket that a URI names, and the key or the beginning of keys in it.

    Raises:
        ValueError: It does not begin as such URIs do, or names no bucket.
    """
    bucket, _, key = uri.removeprefix(SCHEME).partition("/")
    if not uri.startswith(SCHEME) or not bucket:
        raise ValueError(f"no URI of S3: {uri!r}")
    return bucket, key
