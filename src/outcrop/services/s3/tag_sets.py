"""Tags of buckets and objects: what is allowed, in documents and in the header.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from outcrop.aws.errors import ServiceError
from outcrop.services.s3.errors import InvalidArgumentError, InvalidTagError, MalformedXmlError

MOST_OBJECT_TAGS = 10
MOST_BUCKET_TAGS = 50
MOST_KEY_LENGTH = 128
MOST_VALUE_LENGTH = 256
ALLOWED = re.compile(r"[\w\s+\-=._:/@]*")

Pairs = Sequence[Sequence[str]]


class TooManyTagsError(ServiceError):
    """An object has more tags than it may."""

    code = "BadRequest"
    http_status = 400


RESERVED = "System tags cannot be added/updated by requester"
RESERVED_IN_HEADER = "Your TagKey cannot be prefixed with aws:"


def checked_tags(
    tags: Iterable[Any], *, most: int = MOST_BUCKET_TAGS, reserved: str = RESERVED
) -> list[dict[str, str]]:
    """Return a tag set, refusing what S3 refuses.

    Args:
        tags: Keys and values.
        most: How many there may be.
        reserved: What to say of a key that only AWS may use.
    """
    checked: dict[str, str] = {}
    for tag in tags:
        if "Key" not in tag or "Value" not in tag:
            raise MalformedXmlError
        key, value = str(tag["Key"]), str(tag["Value"])
        _check(key, value, reserved)
        if key in checked:
            raise InvalidTagError("Cannot provide multiple Tags with the same key", TagKey=key)
        checked[key] = value
    if len(checked) > most:
        raise TooManyTagsError(
            f"Object tags cannot be greater than {most}"
            if most == MOST_OBJECT_TAGS
            else f"Bucket tag count cannot be greater than {most}"
        )
    return [{"Key": key, "Value": value} for key, value in checked.items()]


def _check(key: str, value: str, reserved: str) -> None:
    if not 1 <= len(key) <= MOST_KEY_LENGTH or not ALLOWED.fullmatch(key):
        raise InvalidTagError("The TagKey you have provided is invalid", TagKey=key)
    if len(value) > MOST_VALUE_LENGTH or not ALLOWED.fullmatch(value):
        raise InvalidTagError(
            "The TagValue you have provided is invalid", TagKey=key, TagValue=value
        )
    if key.lower().startswith("aws:"):
        raise InvalidTagError(reserved, TagKey=key)


def pairs_of(tags: Iterable[Mapping[str, str]]) -> list[list[str]]:
    """Return a tag set as an object keeps it."""
    return [[tag["Key"], tag["Value"]] for tag in tags]


def tag_set(pairs: Pairs) -> list[dict[str, str]]:
    """Return an object's tags as a tag set."""
    return [{"Key": key, "Value": value} for key, value in pairs]


def in_header(header: str | None) -> list[list[str]]:
    """Return the tags of an `x-amz-tagging` header: a query string."""
    if not header:
        return []
    found = parse_qsl(header, keep_blank_values=True)
    if len(dict(found)) != len(found):
        raise InvalidArgumentError(
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query "
            "parameters without tag name duplicates.",
            name="x-amz-tagging",
            value=header,
        )
    tags = [{"Key": key, "Value": value} for key, value in found]
    checked = checked_tags(tags, most=MOST_OBJECT_TAGS, reserved=RESERVED_IN_HEADER)
    return pairs_of(checked)
