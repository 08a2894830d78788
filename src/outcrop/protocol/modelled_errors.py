"""What a service model says of an error: its code on the wire, status, fault and members."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore.model import ServiceModel, StructureShape

from outcrop.aws.errors import ServiceError


@dataclass(frozen=True, slots=True, kw_only=True)
class WireError:
    """An error with all that its response needs."""

    name: str
    """Of its shape, or the common code."""
    code: str
    """What the caller sees; `NoSuchEntity` where the shape is `NoSuchEntityException`."""
    status: int
    is_sender_fault: bool
    message: str
    members: Mapping[str, Any]
    """All members of the error's shape, the message included under its name there."""
    headers: Mapping[str, str]
    query_code: str | None
    """The code that the query protocol had for this error, if its shape names one."""
    shape: StructureShape | None
    """`None` for common errors, which the service model does not list."""


class ModelledErrors:
    """The errors of one service model."""

    def __init__(self, service_model: ServiceModel) -> None:
        self._service_model = service_model

    @cached_property
    def _shapes(self) -> dict[str, StructureShape]:
        """Error shapes by their codes, and by their names, which count more."""
        shapes = [
            shape
            for name in self._service_model.shape_names
            if isinstance(shape := self._service_model.shape_for(name), StructureShape)
            and shape.metadata.get("exception")
        ]
        by_code = {shape.error_code: shape for shape in shapes}
        return by_code | {shape.name: shape for shape in shapes}

    def describe(
        self, error: ServiceError, common_codes: Mapping[str, str] | None = None
    ) -> WireError:
        """Return the error as this service tells it.

        Args:
            error: As a handler raised it.
            common_codes: What the wire protocol calls errors that the service model does not list.
        """
        shape = self._shapes.get(error.code)
        if shape is None:
            return WireError(
                name=error.code,
                code=(common_codes or {}).get(error.code, error.code),
                status=error.http_status,
                is_sender_fault=error.http_status < 500,
                message=error.message,
                members={"message": error.message, **error.members},
                headers=error.headers,
                query_code=None,
                shape=None,
            )
        traits = shape.metadata.get("error", {})
        status = int(traits.get("httpStatusCode", 400))
        return WireError(
            name=shape.name,
            code=shape.error_code,
            status=status,
            is_sender_fault=bool(traits.get("senderFault", status < 500)),
            message=error.message,
            members={message_member(shape): error.message, **error.members},
            headers=error.headers,
            query_code=traits.get("code"),
            shape=shape,
        )


def message_member(shape: StructureShape) -> str:
    """Return the name of the member that holds an error's message, whatever its capitals."""
    return next((name for name in shape.members if name.lower() == "message"), "message")
