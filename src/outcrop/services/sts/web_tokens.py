"""JSON Web Tokens: read, and verified against the keys that their issuer publishes.

Source: RFC 7515, RFC 7517, RFC 7518 and RFC 7519; https://openid.net/specs/openid-connect-discovery-1_0.html
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from outcrop.aws.user_json import read_json

TIMEOUT_SECONDS = 5.0
MOST_BYTES = 1 << 20
LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))
HASHES: Mapping[str, hashes.HashAlgorithm] = {
    "256": hashes.SHA256(),
    "384": hashes.SHA384(),
    "512": hashes.SHA512(),
}
CURVES: Mapping[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}


class InvalidTokenError(Exception):
    """A token is none, or its signature is not its issuer's."""


class ExpiredTokenError(Exception):
    """A token's time is over."""


class IssuerUnreachableError(Exception):
    """The issuer does not tell its keys."""


@dataclass(frozen=True, slots=True)
class WebToken:
    """A token that has been read and not yet verified."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes

    @classmethod
    def parse(cls, text: str) -> "WebToken":
        """Return the token of a text.

        Raises:
            InvalidTokenError: The text is no token.
        """
        try:
            header, claims, signature = text.split(".")
            return cls(
                _members(header),
                _members(claims),
                f"{header}.{claims}".encode(),
                _decoded(signature),
            )
        except (ValueError, TypeError) as error:
            raise InvalidTokenError("The ID Token provided is not a valid JWT.") from error

    @property
    def issuer(self) -> str:
        """The URL of whoever made the token."""
        return str(self.claims.get("iss", ""))

    @property
    def audiences(self) -> list[str]:
        """The clients that the token is meant for."""
        audience = self.claims.get("aud")
        listed = cast("list[Any]", audience) if isinstance(audience, list) else [audience]
        return [client for client in listed if isinstance(client, str)]

    def check_time(self, now: datetime) -> None:
        """Check that the token is in force.

        Raises:
            ExpiredTokenError: It is not.
            InvalidTokenError: It does not say until when.
        """
        expires = self.claims.get("exp")
        if not isinstance(expires, int | float):
            raise InvalidTokenError("Missing a required claim: exp")
        if now.timestamp() >= expires:
            raise ExpiredTokenError(
                "Token expired: current date/time must be before the expiration date/time"
            )

    async def verify(self) -> None:
        """Check the signature against the keys that the issuer publishes.

        Raises:
            IssuerUnreachableError: It publishes none that can be had.
            InvalidTokenError: The signature is not of one of them.
        """
        _check_issuer(self.issuer)
        key_id = self.header.get("kid")
        for key in await _published_keys(self.issuer):
            if key_id is not None and key.get("kid") not in (None, key_id):
                continue
            if self._is_signed_by(key):
                return
        raise InvalidTokenError("The ID Token provided has an invalid signature.")

    def _is_signed_by(self, key: Mapping[str, Any]) -> bool:
        algorithm = str(self.header.get("alg", ""))
        check = VERIFIERS.get((algorithm[:2], str(key.get("kty"))))
        hashing = HASHES.get(algorithm[2:])
        if check is None or hashing is None:
            return False
        try:
            check(key, self.signature, self.signed, hashing)
        except (InvalidSignature, ValueError, KeyError, TypeError):
            return False
        return True


def _verify_rsa(
    key: Mapping[str, Any], signature: bytes, signed: bytes, hashing: hashes.HashAlgorithm
) -> None:
    public = rsa.RSAPublicNumbers(_number(key["e"]), _number(key["n"])).public_key()
    public.verify(signature, signed, padding.PKCS1v15(), hashing)


def _verify_curve(
    key: Mapping[str, Any], signature: bytes, signed: bytes, hashing: hashes.HashAlgorithm
) -> None:
    curve = CURVES[key["crv"]]
    public = ec.EllipticCurvePublicNumbers(_number(key["x"]), _number(key["y"]), curve)
    half = len(signature) // 2
    r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
    public.public_key().verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashing))


Verify = Callable[[Mapping[str, Any], bytes, bytes, hashes.HashAlgorithm], None]
VERIFIERS: Mapping[tuple[str, str], Verify] = {
    ("RS", "RSA"): _verify_rsa,
    ("ES", "EC"): _verify_curve,
}


def _check_issuer(issuer: str) -> None:
    """Check that keys come over TLS, or from this machine, where tests have no certificates."""
    parts = urlsplit(issuer)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise IssuerUnreachableError(f"{issuer} is no https URL")


async def _published_keys(issuer: str) -> list[Mapping[str, Any]]:
    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
        place = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        configuration = await _fetch(client, place)
        keys = (await _fetch(client, str(configuration.get("jwks_uri")))).get("keys")
    if not isinstance(keys, list):
        raise IssuerUnreachableError(f"{issuer} publishes no keys")
    return [key for key in cast("list[Any]", keys) if isinstance(key, dict)]


async def _fetch(client: httpx.AsyncClient, url: str) -> Mapping[str, Any]:
    try:
        async with client.stream("GET", url) as response:
            response.raise_for_status()
            content = b""
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > MOST_BYTES:
                    raise IssuerUnreachableError(f"{url} is longer than {MOST_BYTES} bytes")
        document = read_json(content)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise IssuerUnreachableError(f"{url}: {error}") from error
    if not isinstance(document, dict):
        raise IssuerUnreachableError(f"{url} is no JSON object")
    return cast("dict[str, Any]", document)


def _members(part: str) -> Mapping[str, Any]:
    members = read_json(_decoded(part))
    if not isinstance(members, dict):
        raise TypeError(part)
    return cast("dict[str, Any]", members)


def _decoded(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)


def _number(text: str) -> int:
    return int.from_bytes(_decoded(text), "big")
