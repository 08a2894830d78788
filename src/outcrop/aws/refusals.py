"""How each family of services words its refusal of a signature.

Query services (STS, IAM), services that speak JSON, and S3 tell the same fault by different codes.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html,
https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from outcrop.aws import errors
from outcrop.aws.errors import ServiceError

Place = Literal["header", "query"]
"""Where the client put its signature."""
_BLOT = "(session token)"


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedSignature:
    """A signature that is not the expected one, and what was expected to be signed."""

    access_key_id: str
    signature: str
    string_to_sign: str
    canonical_request: str = ""
    """Empty where there is none, as for a chunk of a body."""

    def without(self, session_token: str) -> "FailedSignature":
        """Return the same with the token, as good as a password, blotted out: errors are logged."""
        if not session_token:
            return self
        return replace(
            self,
            string_to_sign=self.string_to_sign.replace(session_token, _BLOT),
            canonical_request=self.canonical_request.replace(session_token, _BLOT),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """The refusals of services that speak the query wire protocol, and the pattern for others."""

    max_skew: timedelta = timedelta(minutes=15)
    """How far a client's clock may be off."""
    missing_error: type[ServiceError] = errors.MissingAuthenticationTokenError
    incomplete_error: type[ServiceError] = errors.IncompleteSignatureError
    unknown_key_error: type[ServiceError] = errors.InvalidClientTokenIdError
    mismatch_error: type[ServiceError] = errors.SignatureDoesNotMatchError
    expired_token_error: type[ServiceError] = errors.ExpiredTokenError

    def missing(self) -> ServiceError:
        """Return the error for a request without a signature."""
        return self.missing_error("Request is missing Authentication Token")

    def unsupported(self, algorithm: str) -> ServiceError:
        """Return the error for a signature of another kind, such as SigV4A."""
        return self.incomplete_error(
            f"Unsupported AWS 'algorithm': {algorithm!r}. Sign with AWS4-HMAC-SHA256."
        )

    def ambiguous(self) -> ServiceError:
        """Return the error for a signature in the header and another in the query."""
        return self.incomplete_error("Only one auth mechanism allowed: a header or the query.")

    def malformed(self, message: str, place: Place) -> ServiceError:
        """Return the error for a signature that cannot be read."""
        del place
        return self.incomplete_error(message)

    def unknown_key(self, access_key_id: str) -> ServiceError:
        """Return the error for an access key id that no one has."""
        del access_key_id
        return self.unknown_key_error("The security token included in the request is invalid.")

    def invalid_token(self) -> ServiceError:
        """Return the error for a session token that is not ours, or not of this key."""
        return self.unknown_key_error("The security token included in the request is invalid.")

    def expired_token(self) -> ServiceError:
        """Return the error for a session that is over."""
        return self.expired_token_error("The security token included in the request is expired")

    def mismatch(self, failed: FailedSignature) -> ServiceError:
        """Return the error for a signature that is not the one that the secret key gives."""
        message = (
            "The request signature we calculated does not match the signature you provided. Check "
            "your AWS Secret Access Key and signing method. Consult the service documentation for "
            "details."
        )
        if failed.canonical_request:
            message += (
                "\n\nThe Canonical String for this request should have been\n"
                f"'{failed.canonical_request}'\n\nThe String-to-Sign should have been\n"
                f"'{failed.string_to_sign}'\n"
            )
        return self.mismatch_error(message)

    def wrong_payload(self, promised: str, computed: str) -> ServiceError:
        """Return the error for a body whose SHA-256 is not the one that was signed."""
        return self.mismatch_error(
            "The SHA-256 of the body is not the one that was signed: the request says "
            f"{promised}, the body has {computed}."
        )

    def unsigned_header(self, name: str) -> ServiceError:
        """Return the error for a header that must be signed and is not."""
        return self.mismatch_error(
            f"'{name.title()}' must be a 'SignedHeader' in the AWS Authorization."
        )

    def too_old(self, signed_at: datetime, now: datetime) -> ServiceError:
        """Return the error for a request signed too long ago."""
        return self.mismatch_error(
            f"Signature expired: {_basic(signed_at)} is now earlier than "
            f"{_basic(now - self.max_skew)} ({_basic(now)} - {self._minutes} min.)"
        )

    def too_early(self, signed_at: datetime, now: datetime) -> ServiceError:
        """Return the error for a request signed in the future."""
        return self.mismatch_error(
            f"Signature not yet current: {_basic(signed_at)} is still later than "
            f"{_basic(now + self.max_skew)} ({_basic(now)} + {self._minutes} min.)"
        )

    def past_expiry(self, expires_at: datetime, now: datetime) -> ServiceError:
        """Return the error for a presigned request whose time is over."""
        return self.mismatch_error(
            f"Signature expired: {_basic(expires_at)} is now earlier than {_basic(now)}"
        )

    @property
    def _minutes(self) -> int:
        return int(self.max_skew.total_seconds()) // 60


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Refusals(Refusals):
    """The refusals of S3."""

    missing_error: type[ServiceError] = errors.S3AccessDeniedError
    incomplete_error: type[ServiceError] = errors.S3InvalidArgumentError
    unknown_key_error: type[ServiceError] = errors.InvalidAccessKeyIdError
    expired_token_error: type[ServiceError] = errors.S3ExpiredTokenError

    def missing(self) -> ServiceError:
        """See `Refusals.missing`."""
        return self.missing_error("Access Denied")

    def unsupported(self, algorithm: str) -> ServiceError:
        """See `Refusals.unsupported`."""
        return self.incomplete_error(
            "Unsupported Authorization Type",
            ArgumentName="Authorization",
            ArgumentValue=algorithm,
        )

    def ambiguous(self) -> ServiceError:
        """See `Refusals.ambiguous`."""
        return self.incomplete_error(
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, "
            "Signature query string parameter or the Authorization header should be specified"
        )

    def malformed(self, message: str, place: Place) -> ServiceError:
        """See `Refusals.malformed`."""
        if place == "query":
            return errors.AuthorizationQueryParametersError(message)
        return errors.AuthorizationHeaderMalformedError(
            f"The authorization header is malformed; {message}"
        )

    def unknown_key(self, access_key_id: str) -> ServiceError:
        """See `Refusals.unknown_key`."""
        return self.unknown_key_error(
            "The AWS Access Key Id you provided does not exist in our records.",
            AWSAccessKeyId=access_key_id,
        )

    def invalid_token(self) -> ServiceError:
        """See `Refusals.invalid_token`."""
        return errors.InvalidTokenError("The provided token is malformed or otherwise invalid.")

    def expired_token(self) -> ServiceError:
        """See `Refusals.expired_token`."""
        return self.expired_token_error("The provided token has expired.")

    def mismatch(self, failed: FailedSignature) -> ServiceError:
        """See `Refusals.mismatch`."""
        return self.mismatch_error(
            "The request signature we calculated does not match the signature you provided. Check "
            "your key and signing method.",
            AWSAccessKeyId=failed.access_key_id,
            StringToSign=failed.string_to_sign,
            SignatureProvided=failed.signature,
            CanonicalRequest=failed.canonical_request,
        )

    def wrong_payload(self, promised: str, computed: str) -> ServiceError:
        """See `Refusals.wrong_payload`."""
        return errors.XAmzContentSha256MismatchError(
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
            ClientComputedContentSHA256=promised,
            S3ComputedContentSHA256=computed,
        )

    def unsigned_header(self, name: str) -> ServiceError:
        """See `Refusals.unsigned_header`."""
        return errors.S3AccessDeniedError(
            "There were headers present in the request which were not signed", HeadersNotSigned=name
        )

    def too_old(self, signed_at: datetime, now: datetime) -> ServiceError:
        """See `Refusals.too_old`."""
        return errors.RequestTimeTooSkewedError(
            "The difference between the request time and the current time is too large.",
            RequestTime=_basic(signed_at),
            ServerTime=f"{now:%Y-%m-%dT%H:%M:%SZ}",
            MaxAllowedSkewMilliseconds=str(self._minutes * 60_000),
        )

    def too_early(self, signed_at: datetime, now: datetime) -> ServiceError:
        """See `Refusals.too_early`."""
        return self.too_old(signed_at, now)

    def past_expiry(self, expires_at: datetime, now: datetime) -> ServiceError:
        """See `Refusals.past_expiry`."""
        return errors.S3AccessDeniedError(
            "Request has expired",
            Expires=f"{expires_at:%Y-%m-%dT%H:%M:%SZ}",
            ServerTime=f"{now:%Y-%m-%dT%H:%M:%SZ}",
        )


def _basic(moment: datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%SZ")


def _at_400(error: type[ServiceError]) -> type[ServiceError]:
    """Return the same error with the status that all client errors of JSON RPC have."""
    return type(error.__name__, (error,), {"http_status": 400})


QUERY = Refusals()
REST_JSON = Refusals(
    max_skew=timedelta(minutes=5),
    missing_error=errors.MissingAuthenticationTokenExceptionError,
    incomplete_error=errors.IncompleteSignatureExceptionError,
    unknown_key_error=errors.UnrecognizedClientError,
    mismatch_error=errors.InvalidSignatureError,
    expired_token_error=errors.ExpiredTokenExceptionError,
)
JSON_RPC = Refusals(
    max_skew=REST_JSON.max_skew,
    missing_error=_at_400(REST_JSON.missing_error),
    incomplete_error=_at_400(REST_JSON.incomplete_error),
    unknown_key_error=_at_400(REST_JSON.unknown_key_error),
    mismatch_error=_at_400(REST_JSON.mismatch_error),
    expired_token_error=_at_400(REST_JSON.expired_token_error),
)
S3 = S3Refusals()
