"""Signatures inside a body: of the chunks of an S3 upload, of the events of an event stream.

Each signs its bytes and the signature before it, the first that of the request's head; so no chunk
can be changed, dropped or moved.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from outcrop.aws.canonical_request import wire_octets
from outcrop.aws.credential_scope import CredentialScope
from outcrop.aws.refusals import FailedSignature, Refusals
from outcrop.aws.sigv4 import EMPTY_SHA256, is_signed_by, signing_key
from outcrop.aws.sigv4_claim import SIGNED_CHUNKS_AND_TRAILER, Sigv4Claim

_CHUNK = "AWS4-HMAC-SHA256-PAYLOAD"
_TRAILER = "AWS4-HMAC-SHA256-TRAILER"


class ChunkVerifier:
    """Checks the chunks of one `aws-chunked` body, in their order, the empty last one included."""

    def __init__(self, claim: Sigv4Claim, *, secret: str, refusals: Refusals) -> None:
        """Begin after the signature of the request's head."""
        self._claim = claim
        self._key = signing_key(secret, claim.credential.scope)
        self._refusals = refusals
        self._previous = claim.signature
        self.signs_trailer = claim.payload == SIGNED_CHUNKS_AND_TRAILER
        """Whether the body ends in a trailer whose signature must be verified."""

    def verify(self, chunk: bytes, signature: str) -> None:
        """Refuse a chunk that is not the one that was signed.

        Args:
            chunk: The bytes of the chunk, without its frame.
            signature: What the frame says after `chunk-signature=`.

        Raises:
            ServiceError: The signature is another one.
        """
        self.verify_sha256(sha256(chunk).hexdigest(), signature)

    def verify_sha256(self, sha256_hex: str, signature: str) -> None:
        """See `verify`; for a chunk too large to be held, by its SHA-256 in lower-case hex."""
        self._check(_CHUNK, f"{EMPTY_SHA256}\n{sha256_hex}", signature)

    def verify_trailer(self, trailer: Mapping[str, str], signature: str) -> None:
        """Refuse a trailer that is not the one that was signed.

        Args:
            trailer: The trailing headers, all but `x-amz-trailer-signature`.
            signature: The value of `x-amz-trailer-signature`; empty when there is none.

        Raises:
            ServiceError: The signature is another one.
        """
        lines = sorted(f"{name.lower()}:{value.strip()}\n" for name, value in trailer.items())
        self._check(_TRAILER, sha256(wire_octets("".join(lines))).hexdigest(), signature)

    def _check(self, kind: str, digests: str, signature: str) -> None:
        string_to_sign = (
            f"{kind}\n{self._claim.timestamp}\n{self._claim.credential.scope}\n"
            f"{self._previous}\n{digests}"
        )
        if not is_signed_by(self._key, string_to_sign, signature):
            raise self._refusals.mismatch(
                FailedSignature(
                    access_key_id=self._claim.credential.access_key_id,
                    signature=signature,
                    string_to_sign=string_to_sign,
                )
            )
        self._previous = signature


class EventVerifier:
    """Checks the messages of one signed event stream, in their order, the empty last one included.

    Source: https://docs.aws.amazon.com/transcribe/latest/dg/streaming-http2.html
    """

    def __init__(
        self,
        claim: Sigv4Claim,
        *,
        secret: str,
        refusals: Refusals,
        takes_unsigned: bool = False,
    ) -> None:
        """Begin after the signature of the request's head.

        Args:
            claim: Of the request's head.
            secret: The secret access key.
            refusals: How the service words its refusal.
            takes_unsigned: Whether messages without a signature pass: those of a WebSocket do,
                which only the holder of its presigned URL could open.
        """
        self.takes_unsigned = takes_unsigned
        self._claim = claim
        self._secret = secret
        self._refusals = refusals
        self._previous = claim.signature

    def verify(
        self, *, date_header: bytes, date: datetime, payload: bytes, signature: bytes
    ) -> None:
        """Refuse a message that is not the one that was signed.

        Args:
            date_header: The header `:date` as it is encoded in the message.
            date: The same moment, aware.
            payload: The payload of the message: the event, itself a message, or nothing at the end.
            signature: The header `:chunk-signature`, 32 bytes.

        Raises:
            ServiceError: The signature is another one.
        """
        signed_for = self._claim.credential.scope
        scope = CredentialScope(
            date=f"{date:%Y%m%d}", region=signed_for.region, service=signed_for.service
        )
        string_to_sign = (
            f"{_CHUNK}\n{date:%Y%m%dT%H%M%SZ}\n{scope}\n{self._previous}\n"
            f"{sha256(date_header).hexdigest()}\n{sha256(payload).hexdigest()}"
        )
        if not is_signed_by(signing_key(self._secret, scope), string_to_sign, signature.hex()):
            raise self._refusals.mismatch(
                FailedSignature(
                    access_key_id=self._claim.credential.access_key_id,
                    signature=signature.hex(),
                    string_to_sign=string_to_sign,
                )
            )
        self._previous = signature.hex()
