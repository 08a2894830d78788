"""Checksums that clients send beside a body.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
"""

import binascii
import hashlib
import zlib
from base64 import b64decode
from collections.abc import Callable, Mapping
from functools import cache

from outcrop.aws.errors import ServiceError

CRC32C_POLYNOMIAL = 0x82F63B78
"""Castagnoli, bits reversed. Source: RFC 3720, appendix B.4."""
CRC64NVME_POLYNOMIAL = 0x9A6C9329AC4BC9B5
"""Bits reversed. Source: NVM Express NVM Command Set Specification 1.0d, section 5.2.1.3.4."""


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


def _reflected_crc(polynomial: int, size: int) -> Callable[[bytes], bytes]:
    """Return what takes a CRC of `size` bytes; first and last inverted, bits reversed."""
    all_ones = (1 << (8 * size)) - 1

    @cache
    def table() -> tuple[int, ...]:
        return tuple(_table_entry(value, polynomial) for value in range(256))

    def take(content: bytes) -> bytes:
        entries = table()
        crc = all_ones
        for byte in content:
            crc = entries[(crc ^ byte) & 0xFF] ^ (crc >> 8)
        return (crc ^ all_ones).to_bytes(size, "big")

    return take


def _table_entry(value: int, polynomial: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ (polynomial if value & 1 else 0)
    return value


CHECKSUMS: Mapping[str, Callable[[bytes], bytes]] = {
    "crc32": lambda content: zlib.crc32(content).to_bytes(4, "big"),
    "crc32c": _reflected_crc(CRC32C_POLYNOMIAL, 4),
    "crc64nvme": _reflected_crc(CRC64NVME_POLYNOMIAL, 8),
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
