"""Checksums that clients send beside a body.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
"""

import binascii
import hashlib
import zlib
from base64 import b64decode
from collections.abc import Callable, Mapping

from awscrt import checksums as crt  # pyright: ignore[reportMissingTypeStubs]  # it has none

from outcrop.aws.errors import ServiceError


class BadDigestError(ServiceError):
    """The body is not the one that the client took a checksum of."""

    code = "BadDigest"
    http_status = 400


class InvalidDigestError(ServiceError):
    """`Content-MD5` holds no MD5."""

    code = "InvalidDigest"
    http_status = 400


class InvalidChecksumError(ServiceError):
    """An `x-amz-checksum-…` header holds no such checksum."""

    code = "InvalidRequest"
    http_status = 400


CHECKSUMS: Mapping[str, Callable[[bytes], bytes]] = {
    "crc32": lambda content: zlib.crc32(content).to_bytes(4, "big"),
    "crc32c": lambda content: crt.crc32c(content).to_bytes(4, "big"),
    "crc64nvme": lambda content: crt.crc64nvme(content).to_bytes(8, "big"),
    "sha1": lambda content: hashlib.sha1(content, usedforsecurity=False).digest(),
    "sha256": lambda content: hashlib.sha256(content).digest(),
    "sha512": lambda content: hashlib.sha512(content).digest(),
    "md5": lambda content: hashlib.md5(content, usedforsecurity=False).digest(),
}
"""By the end of their header's name: `x-amz-checksum-crc32`."""

_PREFIX = "x-amz-checksum-"


def verify(content: bytes, headers: Mapping[str, str]) -> None:
    """Hold a body against the checksums among headers or trailers.

    Raises:
        ServiceError: One of them is of another body, or no checksum.
    """
    if (told := headers.get("content-md5")) is not None:
        _verify_md5(content, told)
    for header, told in headers.items():
        if not header.startswith(_PREFIX):
            continue
        name = header.removeprefix(_PREFIX)
        take = CHECKSUMS.get(name)
        if take is None:
            continue
        actual = take(content)
        if len(expected := _decoded(told)) != len(actual):
            raise InvalidChecksumError(f"Value for {header} header is invalid.")
        if expected != actual:
            raise BadDigestError(
                f"The {name.upper()} you specified did not match the calculated checksum."
            )


def _verify_md5(content: bytes, told: str) -> None:
    actual = CHECKSUMS["md5"](content)
    if len(expected := _decoded(told)) != len(actual):
        raise InvalidDigestError("The Content-MD5 you specified was invalid.")
    if expected != actual:
        raise BadDigestError("The Content-MD5 you specified did not match what we received.")


def _decoded(told: str) -> bytes:
    try:
        return b64decode(told, validate=True)
    except (binascii.Error, ValueError):
        return b""
