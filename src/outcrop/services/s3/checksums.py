"""The checksums that S3 computes, verifies and returns.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
"""

import hashlib
import zlib
from base64 import b64decode, b64encode
from binascii import Error as BadBase64Error
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from awscrt import checksums as crt  # pyright: ignore[reportMissingTypeStubs]  # it has none

from outcrop.services.s3.errors import InvalidRequestError

DEFAULT_ALGORITHM = "CRC64NVME"
"""Computed when the client names none."""
FULL_OBJECT = "FULL_OBJECT"
COMPOSITE = "COMPOSITE"


class Hasher(Protocol):
    """Takes a checksum of bytes that arrive piece by piece."""

    def update(self, data: bytes, /) -> object:
        """Add bytes."""
        ...

    def digest(self) -> bytes:
        """Return the checksum of all bytes so far; asked once, at the end."""
        ...


class Crc:
    """A cyclic redundancy check."""

    def __init__(self, step: Callable[[bytes, int], int], size: int) -> None:
        self._step = step
        self._size = size
        self._value = 0

    def update(self, data: bytes, /) -> None:
        """See `Hasher.update`."""
        self._value = self._step(data, self._value)

    def digest(self) -> bytes:
        """See `Hasher.digest`."""
        return self._value.to_bytes(self._size, "big")


class XxHash:
    """One of the hashes of the xxHash family."""

    def __init__(self, make: Callable[[], crt.XXHash]) -> None:
        self._hash = make()

    def update(self, data: bytes, /) -> None:
        """See `Hasher.update`."""
        self._hash.update(data)

    def digest(self) -> bytes:
        """See `Hasher.digest`."""
        return self._hash.finalize()


@dataclass(frozen=True, slots=True, kw_only=True)
class Algorithm:
    """One kind of checksum."""

    name: str
    """As `ChecksumAlgorithm` spells it: `CRC32`."""
    size: int
    """Bytes of a checksum."""
    start: Callable[[], Hasher]
    combine: Callable[[int, int, int], int] | None = None
    """Gives the checksum of two pieces from theirs and the second one's length."""

    @property
    def member(self) -> str:
        """The member of requests and answers: `ChecksumCRC32`."""
        return "Checksum" + self.name

    @property
    def header(self) -> str:
        """The header that carries it: `x-amz-checksum-crc32`."""
        return "x-amz-checksum-" + self.name.lower()

    @property
    def multipart_types(self) -> tuple[str, ...]:
        """What a multipart upload may have of it, the default first."""
        if self.name == "CRC64NVME":
            return (FULL_OBJECT,)
        if self.combine:
            return (COMPOSITE, FULL_OBJECT)
        return (COMPOSITE,)


def md5() -> Hasher:
    """Start an MD5, which S3 uses for names, not for secrets."""
    return hashlib.md5(usedforsecurity=False)


def sha1() -> Hasher:
    """Start a SHA-1, which S3 uses against accidents, not against attackers."""
    return hashlib.sha1(usedforsecurity=False)


ALGORITHMS: Mapping[str, Algorithm] = {
    algorithm.name: algorithm
    for algorithm in (
        Algorithm(
            name="CRC32",
            size=4,
            start=lambda: Crc(zlib.crc32, 4),
            combine=crt.combine_crc32,
        ),
        Algorithm(
            name="CRC32C",
            size=4,
            start=lambda: Crc(crt.crc32c, 4),
            combine=crt.combine_crc32c,
        ),
        Algorithm(
            name="CRC64NVME",
            size=8,
            start=lambda: Crc(crt.crc64nvme, 8),
            combine=crt.combine_crc64nvme,
        ),
        Algorithm(name="SHA1", size=20, start=sha1),
        Algorithm(name="SHA256", size=32, start=hashlib.sha256),
        Algorithm(name="SHA512", size=64, start=hashlib.sha512),
        Algorithm(name="MD5", size=16, start=md5),
        Algorithm(name="XXHASH64", size=8, start=lambda: XxHash(crt.XXHash.new_xxhash64)),
        Algorithm(name="XXHASH3", size=8, start=lambda: XxHash(crt.XXHash.new_xxhash3_64)),
        Algorithm(name="XXHASH128", size=16, start=lambda: XxHash(crt.XXHash.new_xxhash3_128)),
    )
}
BY_MEMBER = {algorithm.member: algorithm for algorithm in ALGORITHMS.values()}
BY_HEADER = {algorithm.header: algorithm for algorithm in ALGORITHMS.values()}


@dataclass(frozen=True, slots=True)
class Claim:
    """Which checksum a client wants taken of a body, and what it says it is."""

    algorithm: Algorithm
    value: str | None
    """In base64; `None`: the client does not say, or says it after the body."""
    is_in_trailer: bool = False


def claimed(parameters: Mapping[str, Any], headers: Mapping[str, str]) -> Claim | None:
    """Return what the client says of a body's checksum, or `None` if it says nothing."""
    named = BY_MEMBER.keys() & parameters.keys()
    given = [BY_MEMBER[member] for member in named if parameters[member] is not None]
    if len(given) > 1:
        raise InvalidRequestError(
            "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
        )
    if given:
        value = str(parameters[given[0].member])
        decoded(given[0], value)
        return Claim(given[0], value)
    trailers = headers.get("x-amz-trailer", "").lower()
    for name in map(str.strip, trailers.split(",") if trailers else ()):
        if name in BY_HEADER:
            return Claim(BY_HEADER[name], None, is_in_trailer=True)
        if name.startswith("x-amz-checksum-"):
            raise InvalidRequestError(
                "The value specified in the x-amz-trailer header is not supported"
            )
    wanted = parameters.get("ChecksumAlgorithm")
    return Claim(algorithm_named(str(wanted)), None) if wanted else None


def algorithm_named(name: str) -> Algorithm:
    """Return the algorithm of a name, in any capitals."""
    algorithm = ALGORITHMS.get(name.upper())
    if algorithm is None:
        raise InvalidRequestError(
            "Checksum algorithm provided is unsupported. Please try again with any of the valid "
            f"types: [{', '.join(ALGORITHMS)}]"
        )
    return algorithm


def decoded(algorithm: Algorithm, value: str) -> bytes:
    """Return the bytes of a checksum, refusing what cannot be one."""
    try:
        digest = b64decode(value, validate=True)
    except (BadBase64Error, ValueError):
        digest = b""
    if len(digest) != algorithm.size:
        raise InvalidRequestError(f"Value for {algorithm.header} header is invalid.")
    return digest


def encoded(digest: bytes) -> str:
    """Return a checksum as S3 writes it."""
    return b64encode(digest).decode()


def composite(algorithm: Algorithm, parts: Sequence[str]) -> str:
    """Return the checksum of the parts' checksums: base64, a dash, the number of parts."""
    hasher = algorithm.start()
    hasher.update(b"".join(b64decode(part) for part in parts))
    return f"{encoded(hasher.digest())}-{len(parts)}"


def combined(algorithm: Algorithm, parts: Sequence[tuple[str, int]]) -> str:
    """Return the checksum of a whole from those of its parts and their sizes in bytes."""
    if algorithm.combine is None:
        raise ValueError(f"{algorithm.name} checksums do not combine")
    value = 0
    for checksum, size in parts:
        value = algorithm.combine(value, int.from_bytes(b64decode(checksum), "big"), size)
    return encoded(value.to_bytes(algorithm.size, "big"))
