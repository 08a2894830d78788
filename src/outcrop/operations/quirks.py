"""What a service does on the wire beyond its wire protocol."""

from collections.abc import Mapping
from typing import Any

from outcrop.aws.errors import ServiceError, UnknownOperationError
from outcrop.aws.http import HttpRequest, HttpResponse
from outcrop.operations.call import Call


class WireQuirks:
    """Hooks that the gateway calls around parsing and serialising; by default they change nothing.

    A service with oddities subclasses this in its `quirks.py`.
    """

    validates: bool = True
    """Whether violated constraints are told in the common wording before the handler runs."""
    anonymous: frozenset[str] = frozenset()
    """Operations, and methods of `answer`, that take requests without a signature.

    They say themselves what those may see. Operations that are never signed are known from the
    service model.
    """

    def before_parse(self, request: HttpRequest) -> HttpRequest:
        """Return the request to parse: S3 moves the bucket from the host name to the path here."""
        return request

    def validation_error(self, message: str) -> ServiceError | None:
        """Return the service's own error for a violated constraint; `None`: the common one."""
        del message
        return None

    def error(self, error: ServiceError, request: HttpRequest) -> ServiceError:
        """Return the error to tell: S3 has codes of its own for the common ones."""
        del request
        return error

    def claims(self, request: HttpRequest) -> bool:
        """Tell whether `answer` is for a request that is no operation of any service."""
        del request
        return False

    async def answer(self, call: Call, request: HttpRequest) -> HttpResponse:
        """Answer a claimed request: S3 takes uploads from HTML forms and browsers' preflights.

        Raises:
            ServiceError: As a handler does.
        """
        raise UnknownOperationError(f"{call.service} does not answer {request.method}.")

    def after_serialize(
        self, operation: str, parameters: Mapping[str, Any] | None, response: HttpResponse
    ) -> HttpResponse:
        """Return the response to send. `parameters` is `None` if the request did not parse."""
        del operation, parameters
        return response
