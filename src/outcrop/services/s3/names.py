"""Names of buckets and keys: which are legal, and how keys become the names of records.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html and
https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
"""

import re
from functools import lru_cache

from outcrop.services.s3.errors import InvalidBucketNameError, InvalidUriError, KeyTooLongError

MOST_KEY_BYTES = 1024
BUCKET_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]")
ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
RESERVED_PREFIXES = ("xn--", "sthree-")
RESERVED_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")

END_OF_KEY = "\x01\x01"
"""Separates the key from what follows in the name of a version's record."""
_ESCAPES = {"\x00": "\x01\x02", "\x01": "\x01\x03"}
_UNESCAPES = {"\x02": "\x00", "\x03": "\x01"}
_TO_ESCAPE = re.compile("[\x00\x01]")
_ESCAPED = re.compile("\x01([\x02\x03])")


@lru_cache(maxsize=1024)
def is_bucket_name(name: str) -> bool:
    """Tell whether a bucket may be created under this name."""
    return (
        BUCKET_NAME.fullmatch(name) is not None
        and ".." not in name
        and ADDRESS.fullmatch(name) is None
        and not name.startswith(RESERVED_PREFIXES)
        and not name.endswith(RESERVED_SUFFIXES)
    )


def check_bucket_name(name: str) -> None:
    """Refuse a name that no bucket can have."""
    if not is_bucket_name(name):
        raise InvalidBucketNameError(name)


def check_key(key: str) -> None:
    """Refuse a key that no object can have."""
    try:
        size = len(key.encode())
    except UnicodeEncodeError as error:
        raise InvalidUriError(key.encode(errors="replace").decode()) from error
    if size > MOST_KEY_BYTES:
        raise KeyTooLongError(size, MOST_KEY_BYTES)


def record_name(key: str) -> str:
    """Return the name of a key's record.

    Names sort as the UTF-8 bytes of their keys do, begin alike where the keys do, are free of NUL
    (PostgreSQL stores none in text), and no name begins another followed by `END_OF_KEY`.
    """
    return _TO_ESCAPE.sub(lambda match: _ESCAPES[match[0]], key)


def key_of(name: str) -> str:
    """Return the key of a record by its name, or by the part of it before `END_OF_KEY`."""
    return _ESCAPED.sub(lambda match: _UNESCAPES[match[1]], name)


def beyond(prefix: str) -> str:
    """Return a name beyond that of every key that begins with `prefix`."""
    return prefix + "\U0010ffff" * (MOST_KEY_BYTES // 4)
