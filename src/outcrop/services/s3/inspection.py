"""What is checked of a body on its way in: its length, its MD5, and the checksum beside it."""

import hmac
from base64 import b64decode
from binascii import Error as BadBase64Error
from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.services.s3.checksums import (
    ALGORITHMS,
    DEFAULT_ALGORITHM,
    Algorithm,
    Claim,
    Hasher,
    decoded,
    encoded,
    md5,
)
from outcrop.services.s3.errors import (
    BadDigestError,
    EntityTooLargeError,
    IncompleteBodyError,
    InvalidDigestError,
    InvalidRequestError,
)

MOST_PUT_BYTES = 5 << 30
"""The longest body of one request.

Source: https://docs.aws.amazon.com/general/latest/gr/s3.html#limits_s3
"""


class BodyInspection:
    """Takes the MD5 and one checksum of a body, and holds the client to what it said of it."""

    def __init__(  # all that a client may say of a body
        self,
        claim: Claim | None,
        *,
        content_md5: str | None = None,
        expected_size: int | None = None,
        kept: Algorithm | None = None,
        most_bytes: int = MOST_PUT_BYTES,
        trailers: Mapping[str, str] | None = None,
    ) -> None:
        """Say what to hold the body to.

        Args:
            claim: What the client says of the checksum, if anything.
            content_md5: The header of that name.
            expected_size: How many bytes the client promised, if it did.
            kept: The checksum to take whatever the client claims.
            most_bytes: How many are allowed.
            trailers: Filled by the wire protocol when the body ends: the headers that followed it.
        """
        self.claim = claim
        default = kept or ALGORITHMS[DEFAULT_ALGORITHM]
        self.algorithm: Algorithm = claim.algorithm if claim else default
        self._content_md5 = _md5_of(content_md5) if content_md5 is not None else None
        self._expected_size = expected_size
        self._most_bytes = most_bytes
        self._trailers: Mapping[str, str] = trailers if trailers is not None else {}
        self._md5 = md5()
        self._checksum = self.algorithm.start()
        self._kept = kept.start() if kept and kept != self.algorithm else None
        self.etag = ""
        """The MD5 in hexadecimal, once the body has ended."""
        self.checksum = ""
        """In base64, once the body has ended."""
        self.kept_checksum = ""
        """That of the algorithm to keep, once the body has ended."""

    @property
    def hashers(self) -> Sequence[Hasher]:
        """See `bodies.Inspector.hashers`."""
        both = (self._md5, self._checksum)
        return both if self._kept is None else (*both, self._kept)

    def grew(self, size: int) -> None:
        """See `bodies.Inspector.grew`."""
        if size > self._most_bytes:
            raise EntityTooLargeError(size, self._most_bytes)

    def ended(self, size: int) -> None:
        """See `bodies.Inspector.ended`."""
        if self._expected_size is not None and size < self._expected_size:
            raise IncompleteBodyError
        digest = self._md5.digest()
        if self._content_md5 is not None and not hmac.compare_digest(digest, self._content_md5):
            raise BadDigestError(
                "The Content-MD5 you specified did not match what we received.",
                ExpectedDigest=self._content_md5.hex(),
                CalculatedDigest=encoded(digest),
            )
        self.etag = digest.hex()
        self.checksum = encoded(self._checksum.digest())
        self.kept_checksum = encoded(self._kept.digest()) if self._kept else self.checksum
        self._compare(self._claimed_value())

    def _claimed_value(self) -> str | None:
        if self.claim is None:
            return None
        if not self.claim.is_in_trailer:
            return self.claim.value
        value = self._trailers.get(self.algorithm.header)
        if value is not None:
            decoded(self.algorithm, value)
        return value

    def _compare(self, claimed: str | None) -> None:
        if claimed is not None and claimed != self.checksum:
            raise BadDigestError(
                f"The {self.algorithm.name} you specified did not match the calculated checksum."
            )


def promised_size(parameters: Mapping[str, Any], headers: Mapping[str, str]) -> int | None:
    """Return how many bytes a client says that its body has, in the end."""
    decoded_length = headers.get("x-amz-decoded-content-length")
    if decoded_length is None:
        length = parameters.get("ContentLength")
        return int(length) if length is not None else None
    if not (decoded_length.isascii() and decoded_length.isdigit()):
        raise InvalidRequestError("The x-amz-decoded-content-length header is not a number.")
    return int(decoded_length)


def _md5_of(header: str) -> bytes:
    try:
        digest = b64decode(header, validate=True)
    except (BadBase64Error, ValueError):
        digest = b""
    if len(digest) != 16:
        raise InvalidDigestError(header)
    return digest
