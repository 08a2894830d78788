"""What ECR does on the wire beyond AWS JSON."""

from outcrop.aws.errors import ServiceError
from outcrop.operations.quirks import WireQuirks
from outcrop.services.ecr import shapes


class EcrQuirks(WireQuirks):
    """Violated constraints are an error of the service's own."""

    def validation_error(self, message: str) -> ServiceError | None:
        """See `WireQuirks.validation_error`."""
        return shapes.InvalidParameterException(message)
