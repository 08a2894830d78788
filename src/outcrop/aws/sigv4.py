"""Signature Version 4 as a server checks it; no input or output.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hmac
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256

from outcrop.aws.canonical_request import canonical_request, wire_octets
from outcrop.aws.credential_scope import TERMINATOR, CredentialScope
from outcrop.aws.http import HttpRequest
from outcrop.aws.refusals import FailedSignature, Refusals
from outcrop.aws.sigv4_claim import ALGORITHM, Sigv4Claim

EMPTY_SHA256 = sha256().hexdigest()
_CACHED_KEYS = 1024
"""Signing keys kept at once; one is used for a day, a region and a service of an access key."""


def check_signature(
    claim: Sigv4Claim, request: HttpRequest, *, secret: str, payload: str, refusals: Refusals
) -> None:
    """Refuse a request whose head is not what the owner of `secret` signed.

    Args:
        claim: As read from the request.
        request: As the client sent it, before any rewriting of path or host.
        secret: The secret access key.
        payload: `claim.payload`, or the SHA-256 of the body in hex where that is `None`.
        refusals: How the service words its refusal.

    Raises:
        ServiceError: The signature is another one, or a header that must be signed is not.
    """
    scope = claim.credential.scope
    is_s3 = scope.service.startswith("s3")
    _check_signed_headers(claim, request.headers, refusals, is_s3=is_s3)
    canonical = canonical_request(
        request, signed_headers=claim.signed_headers, payload_hash=payload, is_s3=is_s3
    )
    digest = sha256(wire_octets(canonical)).hexdigest()
    string_to_sign = f"{ALGORITHM}\n{claim.timestamp}\n{scope}\n{digest}"
    if not is_signed_by(signing_key(secret, scope), string_to_sign, claim.signature):
        raise refusals.mismatch(
            FailedSignature(
                access_key_id=claim.credential.access_key_id,
                signature=claim.signature,
                string_to_sign=string_to_sign,
                canonical_request=canonical,
            ).without(claim.session_token)
        )


def is_signed_by(key: bytes, string_to_sign: str, signature: str) -> bool:
    """Tell, in a time that does not depend on the answer, whether a signature is right."""
    expected = hmac.digest(key, wire_octets(string_to_sign), "sha256").hex()
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogatepass"))


def signing_key(secret: str, scope: CredentialScope) -> bytes:
    """Return the key that signs for one day, region and service."""
    return _signing_key(secret, scope.date, scope.region, scope.service)


@lru_cache(maxsize=_CACHED_KEYS)
def _signing_key(secret: str, *words: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for word in (*words, TERMINATOR):
        key = hmac.digest(key, word.encode("utf-8", "surrogatepass"), "sha256")
    return key


def _check_signed_headers(
    claim: Sigv4Claim, headers: Mapping[str, str], refusals: Refusals, *, is_s3: bool
) -> None:
    """Refuse a request of which a header that decides its meaning could have been changed."""
    signed = claim.signed_headers
    if "host" not in signed and ":authority" not in signed:
        raise refusals.unsigned_header("host")
    for name in headers:
        # S3 alone insists on every x-amz- header: others document that the session token may be
        # added after signing, and it vouches for itself.
        if name.startswith("x-amz-" if is_s3 else "x-amz-target") and name not in signed:
            raise refusals.unsigned_header(name)
