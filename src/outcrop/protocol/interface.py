"""What every wire protocol does for the gateway."""

from collections.abc import Mapping
from typing import Any, Protocol

from outcrop.aws.errors import ServiceError
from outcrop.aws.http import HttpRequest, HttpResponse


class WireProtocol(Protocol):
    """Turns requests of one service into parameters, and results into responses.

    Values on the Python side are those of `outcrop.operations.Handler`. Constraints of the service
    model are not checked here; see `outcrop.protocol.validation`.
    """

    async def parse(
        self, operation_name: str, request: HttpRequest, *, body_limit: int
    ) -> dict[str, Any]:
        """Return the operation's input.

        A streaming payload is handed on unread as an `aws.http.Body`, an input event stream as an
        async iterator of `{event: members}`; all else is read and decoded here.

        Args:
            operation_name: As AWS writes it: `DetectLabels`.
            request: Its path fits the operation's `requestUri`.
            body_limit: The most bytes that a body read here may have, before and after
                decompression.

        Raises:
            SerializationError: The bytes do not decode into the operation's input.
            RequestTooLargeError: The body is longer than `body_limit`.
            ServiceError: A checksum that came with the request is wrong.
        """
        ...

    def serialize(
        self, operation_name: str, result: Mapping[str, Any] | None, *, request_id: str
    ) -> HttpResponse:
        """Return the response that carries an operation's output.

        An event stream becomes a streamed body that yields one frame per event.
        """
        ...

    def serialize_error(
        self, operation_name: str | None, error: ServiceError, *, request_id: str
    ) -> HttpResponse:
        """Return the response that tells an error.

        The service model gives code, status and fault where it knows the error's shape.

        Args:
            operation_name: `None` when the request named no operation of the service.
            error: Its `code` is the name of a shape of the service model, or a common code.
            request_id: As in `serialize`.
        """
        ...

    def error_code(self, error: ServiceError) -> str:
        """Return the code that the caller is told of an error."""
        ...
