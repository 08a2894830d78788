"""Version ids, and the names under which versions are kept.

A version id holds the sequence number of its version, so that a version is found by key and id
without searching; its rest is chance, so that nobody guesses one.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64Error

from outcrop.services.s3.errors import InvalidArgumentError
from outcrop.services.s3.names import END_OF_KEY, record_name

SEQUENCE_BYTES = 8
RANDOM_BYTES = 16
_LAST_SEQUENCE = (1 << 63) - 1


def new_version_id(sequence: int) -> str:
    """Return an id of 32 characters, as S3's are."""
    content = sequence.to_bytes(SEQUENCE_BYTES, "big") + secrets.token_bytes(RANDOM_BYTES)
    return urlsafe_b64encode(content).decode()


def sequence_of(version_id: str) -> int:
    """Return the sequence number in a version id.

    Raises:
        InvalidArgumentError: It is no version id.
    """
    try:
        content = urlsafe_b64decode(version_id.encode("ascii"))
    except (BadBase64Error, UnicodeEncodeError):
        content = b""
    sequence = int.from_bytes(content[:SEQUENCE_BYTES], "big")
    if len(content) != SEQUENCE_BYTES + RANDOM_BYTES or not 0 < sequence <= _LAST_SEQUENCE:
        raise InvalidArgumentError(
            "Invalid version id specified", name="versionId", value=version_id
        )
    return sequence


def version_name(key: str, sequence: int) -> str:
    """Return the name of a version's record: by key, then the newest first."""
    return f"{versions_prefix(key)}{_LAST_SEQUENCE - sequence:016x}"


def versions_prefix(key: str) -> str:
    """Return how the names of all versions of a key begin."""
    return record_name(key) + END_OF_KEY
