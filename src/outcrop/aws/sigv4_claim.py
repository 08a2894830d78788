"""Signature Version 4 as a request carries it, in the Authorization header or the query: read here.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
and https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from outcrop.aws.credential_scope import Credential
from outcrop.aws.errors import S3InvalidArgumentError, S3InvalidRequestError
from outcrop.aws.http import HttpRequest
from outcrop.aws.query_strings import signing_parameters
from outcrop.aws.refusals import Place, Refusals, S3Refusals

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
UNSIGNED_CHUNKS = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
SIGNED_CHUNKS = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
SIGNED_CHUNKS_AND_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
SIGNED_EVENTS = "STREAMING-AWS4-HMAC-SHA256-EVENTS"
_PAYLOAD_WORDS = (
    UNSIGNED_PAYLOAD,
    UNSIGNED_CHUNKS,
    SIGNED_CHUNKS,
    SIGNED_CHUNKS_AND_TRAILER,
    SIGNED_EVENTS,
)
LONGEST_EXPIRY = timedelta(days=7)

_QUERY_PARTS = (
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Signature",
    "X-Amz-Date",
    "X-Amz-SignedHeaders",
    "X-Amz-Expires",
)
_is_sha256 = re.compile(r"[0-9a-fA-F]{64}").fullmatch
_basic_format = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z"
).fullmatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Sigv4Claim:
    """A signature as a request carries it, read but not verified."""

    credential: Credential
    signed_headers: tuple[str, ...]
    """Names in lower case."""
    signature: str
    signed_at: datetime
    timestamp: str
    """The same moment in the form that is signed: `20260101T120000Z`."""
    expires: timedelta | None
    """How long a presigned request holds; `None` for a signature in the header."""
    payload: str | None
    """What is signed of the body: its SHA-256 in hex, or a word such as `UNSIGNED-PAYLOAD`.

    `None`: the SHA-256 of the body, which the request does not tell.
    """
    session_token: str
    """Empty for long-lived keys."""

    @property
    def payload_sha256(self) -> str | None:
        """The SHA-256 that the body must have, in lower-case hex, if the request promises one."""
        return self.payload.lower() if self.payload and _is_sha256(self.payload) else None


def read_header(request: HttpRequest, refusals: Refusals) -> Sigv4Claim:
    """Read the Authorization header of a request.

    Raises:
        ServiceError: A part is missing or malformed.
    """
    headers = request.headers
    parts = _authorization_parts(headers.get("authorization", ""), refusals)
    stamp = headers.get("x-amz-date") or headers.get("date", "")
    missing = [
        f"'{name}'" for name in ("Credential", "Signature", "SignedHeaders") if not parts.get(name)
    ]
    complaints = [f"Authorization header requires {name} parameter." for name in missing]
    if not stamp:
        complaints.append(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        )
    if complaints:
        raise refusals.malformed(" ".join(complaints), "header")
    signed_at = _moment(stamp, refusals, "header")
    timestamp = _basic(stamp, signed_at)
    return Sigv4Claim(
        credential=_credential(parts["Credential"], timestamp, refusals, "header"),
        signed_headers=_signed_headers(parts["SignedHeaders"]),
        signature=parts["Signature"],
        signed_at=signed_at,
        timestamp=timestamp,
        expires=None,
        payload=_declared_payload(headers.get("x-amz-content-sha256"), refusals),
        session_token=headers.get("x-amz-security-token", ""),
    )


def read_query(request: HttpRequest, refusals: Refusals) -> Sigv4Claim:
    """Read the signature of a presigned request.

    Raises:
        ServiceError: A part is missing or malformed.
    """
    found = signing_parameters(request.query_string)
    missing = [name for name in _QUERY_PARTS if not found.get(name.lower())]
    if missing:
        raise refusals.malformed(
            "Query-string authentication version 4 requires the X-Amz-Algorithm, "
            "X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and "
            f"X-Amz-Expires parameters; missing: {', '.join(missing)}.",
            "query",
        )
    if found["x-amz-algorithm"] != ALGORITHM:
        raise refusals.unsupported(found["x-amz-algorithm"])
    signed_at = _moment(found["x-amz-date"], refusals, "query")
    timestamp = _basic(found["x-amz-date"], signed_at)
    signed_headers = _signed_headers(found["x-amz-signedheaders"])
    payload = found.get("x-amz-content-sha256")
    if payload is None and "x-amz-content-sha256" in signed_headers:
        payload = request.headers.get("x-amz-content-sha256")
    if payload is None and isinstance(refusals, S3Refusals):
        payload = UNSIGNED_PAYLOAD
    return Sigv4Claim(
        credential=_credential(found["x-amz-credential"], timestamp, refusals, "query"),
        signed_headers=signed_headers,
        signature=found["x-amz-signature"],
        signed_at=signed_at,
        timestamp=timestamp,
        expires=_expires(found["x-amz-expires"], refusals),
        payload=_known_payload(payload, refusals) if payload else None,
        session_token=found.get("x-amz-security-token", ""),
    )


def check_age(claim: Sigv4Claim, now: datetime, refusals: Refusals) -> None:
    """Refuse a request from another time.

    Raises:
        ServiceError: It was signed too long ago, in the future, or its expiry is over.
    """
    if claim.signed_at > now + refusals.max_skew:
        raise refusals.too_early(claim.signed_at, now)
    if claim.expires is None:
        if claim.signed_at < now - refusals.max_skew:
            raise refusals.too_old(claim.signed_at, now)
    elif claim.signed_at + claim.expires < now:
        raise refusals.past_expiry(claim.signed_at + claim.expires, now)


def _authorization_parts(authorization: str, refusals: Refusals) -> dict[str, str]:
    algorithm, _, rest = authorization.partition(" ")
    if algorithm != ALGORITHM:
        raise refusals.unsupported(algorithm)
    parts: dict[str, str] = {}
    for part in rest.split(","):
        name, equals, value = part.strip().partition("=")
        if not equals:
            raise refusals.malformed(
                f"{name!r} not a valid key=value pair (missing equal-sign) in Authorization "
                "header.",
                "header",
            )
        parts[name] = value
    return parts


def _signed_headers(text: str) -> tuple[str, ...]:
    return tuple(text.lower().split(";"))


def _moment(stamp: str, refusals: Refusals, place: Place) -> datetime:
    """Read ISO 8601's basic format, or HTTP's own as some clients send in the Date header."""
    found = _basic_format(stamp)
    try:
        if found:
            year, month, day, hour, minute, second = map(int, found.groups())
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        return parsedate_to_datetime(stamp).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        raise refusals.malformed(
            f"Date must be in ISO-8601 'basic format'. Got {stamp!r}. "
            "See http://en.wikipedia.org/wiki/ISO_8601",
            place,
        ) from None


def _basic(stamp: str, moment: datetime) -> str:
    return stamp if _basic_format(stamp) else moment.strftime("%Y%m%dT%H%M%SZ")


def _credential(text: str, timestamp: str, refusals: Refusals, place: Place) -> Credential:
    try:
        credential = Credential.parse(text)
    except ValueError as error:
        raise refusals.malformed(str(error), place) from None
    if credential.scope.date != timestamp[:8]:
        raise refusals.malformed(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
            f"HTTP: {credential.scope.date!r} != {timestamp[:8]!r}, from {timestamp!r}.",
            place,
        )
    return credential


def _expires(text: str, refusals: Refusals) -> timedelta:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise refusals.malformed("X-Amz-Expires should be a number", "query")
    expires = timedelta(seconds=int(text))
    if expires > LONGEST_EXPIRY:
        raise refusals.malformed(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given "
            "X-Amz-Expires must be less than 604800 seconds",
            "query",
        )
    return expires


def _declared_payload(text: str | None, refusals: Refusals) -> str | None:
    """Return what the header says of the body; S3 insists that it says something."""
    if text:
        return _known_payload(text, refusals)
    if isinstance(refusals, S3Refusals):
        raise S3InvalidRequestError(
            "Missing required header for this request: x-amz-content-sha256"
        )
    return None


def _known_payload(text: str, refusals: Refusals) -> str:
    if text in _PAYLOAD_WORDS or _is_sha256(text):
        return text
    if isinstance(refusals, S3Refusals):
        raise S3InvalidArgumentError(
            "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, "
            "STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, "
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
            ArgumentName="x-amz-content-sha256",
            ArgumentValue=text,
        )
    raise refusals.malformed(f"x-amz-content-sha256 cannot be {text!r}.", "header")
