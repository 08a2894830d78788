"""What a caller is told when an operation fails.

Source: AWS General Reference, "Common errors";
https://docs.aws.amazon.com/general/latest/gr/rande.html
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class ServiceError(Exception):
    """An error that the caller may see; the wire protocol gives it the form that a client expects.

    Subclasses for the errors that a service model knows come from the service's `shapes` module.
    There `code` is the name of the error's shape, and the service model supplies the status and the
    code on the wire.
    """

    code: ClassVar[str] = "InternalFailure"
    http_status: ClassVar[int] = 400
    """Used when the service model says nothing of this error."""

    def __init__(
        self,
        message: str,
        *,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        """Say what went wrong.

        Args:
            message: Tells the caller what to change.
            headers: Response headers beyond those of the error's shape, such as `Retry-After`.
            members: Further members of the error's shape, such as `ResourceId`.
        """
        super().__init__(message)
        self.message = message
        self.headers = dict(headers or {})
        self.members = members


class InternalFailureError(ServiceError):
    """A fault of ours, logged under its request id."""

    code = "InternalFailure"
    http_status = 500


class NotImplementedByOutcropError(ServiceError):
    """AWS has this operation and Outcrop has no handler for it yet."""

    code = "NotImplementedException"
    http_status = 501


class UnknownOperationError(ServiceError):
    """No operation of any known service has this target, action or path."""

    code = "UnknownOperationException"
    http_status = 404


class ValidationError(ServiceError):
    """The request breaks a constraint of the service model."""

    code = "ValidationException"
    http_status = 400


class SerializationError(ServiceError):
    """The request's bytes do not decode into the operation's input."""

    code = "SerializationException"
    http_status = 400


class IncompleteBodyError(ServiceError):
    """The body ends before it is whole, or breaks the rules of HTTP."""

    code = "IncompleteBody"
    http_status = 400


class RequestTimeoutError(ServiceError):
    """The client has stopped sending the body that it announced."""

    code = "RequestTimeout"
    http_status = 400


class AccessDeniedError(ServiceError):
    """The caller is known and may not do this."""

    code = "AccessDeniedException"
    http_status = 403


class MissingAuthenticationTokenError(ServiceError):
    """The request carries no credentials where some are needed."""

    code = "MissingAuthenticationToken"
    http_status = 403


class IncompleteSignatureError(ServiceError):
    """The signature lacks a part."""

    code = "IncompleteSignature"
    http_status = 403


class InvalidClientTokenIdError(ServiceError):
    """The access key id is not known here."""

    code = "InvalidClientTokenId"
    http_status = 403


class SignatureDoesNotMatchError(ServiceError):
    """The signature is not the one that the secret key gives."""

    code = "SignatureDoesNotMatch"
    http_status = 403


class RequestExpiredError(ServiceError):
    """The request was signed too long ago, or a presigned URL is past its time."""

    code = "RequestExpired"
    http_status = 403


class InvalidSignatureError(ServiceError):
    """The signature is another one, as services that speak JSON say it."""

    code = "InvalidSignatureException"
    http_status = 403


class UnrecognizedClientError(ServiceError):
    """The access key id is not known here, as services that speak JSON say it."""

    code = "UnrecognizedClientException"
    http_status = 403


class MissingAuthenticationTokenExceptionError(ServiceError):
    """There are no credentials, as services that speak JSON say it."""

    code = "MissingAuthenticationTokenException"
    http_status = 403


class IncompleteSignatureExceptionError(ServiceError):
    """The signature lacks a part, as services that speak JSON say it."""

    code = "IncompleteSignatureException"
    http_status = 403


class ExpiredTokenError(ServiceError):
    """The session that signed the request is over."""

    code = "ExpiredToken"
    http_status = 403


class ExpiredTokenExceptionError(ServiceError):
    """The session is over, as services that speak JSON say it."""

    code = "ExpiredTokenException"
    http_status = 403


class S3ExpiredTokenError(ServiceError):
    """The session is over, as S3 says it."""

    code = "ExpiredToken"
    http_status = 400


class InvalidTokenError(ServiceError):
    """The session token is not one of ours, as S3 says it."""

    code = "InvalidToken"
    http_status = 400


class InvalidAccessKeyIdError(ServiceError):
    """The access key id is not known here, as S3 says it."""

    code = "InvalidAccessKeyId"
    http_status = 403


class S3AccessDeniedError(ServiceError):
    """The request is not signed, or no longer valid, as S3 says it."""

    code = "AccessDenied"
    http_status = 403


class S3InvalidArgumentError(ServiceError):
    """A header or parameter of the signature has an impossible value, as S3 says it."""

    code = "InvalidArgument"
    http_status = 400


class S3InvalidRequestError(ServiceError):
    """The request lacks what its signature needs, as S3 says it."""

    code = "InvalidRequest"
    http_status = 400


class AuthorizationHeaderMalformedError(ServiceError):
    """S3 cannot read the Authorization header."""

    code = "AuthorizationHeaderMalformed"
    http_status = 400


class AuthorizationQueryParametersError(ServiceError):
    """S3 cannot read a presigned URL."""

    code = "AuthorizationQueryParametersError"
    http_status = 400


class RequestTimeTooSkewedError(ServiceError):
    """The client's clock is too far off for S3."""

    code = "RequestTimeTooSkewed"
    http_status = 403


class XAmzContentSha256MismatchError(ServiceError):
    """The body of an S3 request is not the one that was signed."""

    code = "XAmzContentSHA256Mismatch"
    http_status = 400


class MaxPostPreDataLengthExceededError(ServiceError):
    """The fields of an S3 form before its file are too long."""

    code = "MaxPostPreDataLengthExceededError"
    http_status = 400


class ThrottlingError(ServiceError):
    """More is asked at once than may be queued; try again later.

    Services that model it say another status.
    """

    code = "ThrottlingException"
    http_status = 400


class ServiceUnavailableError(ServiceError):
    """The server cannot answer now: it stops, or what it stands on does not answer or is full."""

    code = "ServiceUnavailable"
    http_status = 503


class RequestTooLargeError(ServiceError):
    """The body is longer than this operation takes."""

    code = "RequestEntityTooLargeException"
    http_status = 413
