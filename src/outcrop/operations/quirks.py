"""What a service does on the wire beyond its wire protocol."""

from collections.abc import Mapping
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.aws.http import HttpRequest, HttpResponse


class WireQuirks:
    """Hooks that the gateway calls around parsing and serialising; by default they change nothing.

    A service with oddities subclasses this in its `quirks.py`.
    """

    validates: bool = True
    """Whether violated constraints are told in the common wording before the handler runs."""

    def before_parse(self, request: HttpRequest) -> HttpRequest:
        """Return the request to parse: S3 moves the bucket from the host name to the path here."""
        return request

    def validation_error(self, message: str) -> ServiceError | None:
        """Return the service's own error for a violated constraint; `None`: the common one."""
        del message
        return None

    def after_serialize(
        self, operation: str, parameters: Mapping[str, Any] | None, response: HttpResponse
    ) -> HttpResponse:
        """Return the response to send. `parameters` is `None` if the request did not parse."""
        del operation, parameters
        return response
