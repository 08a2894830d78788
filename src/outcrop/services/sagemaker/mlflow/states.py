"""The states of tracking servers, and what may be done in which.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeMlflowTrackingServer.html
"""

from outcrop.aws.errors import ValidationError
from outcrop.services.sagemaker import shapes
from outcrop.storage.records.interface import Document

ENDS = {
    "Creating": ("Created", "CreateFailed"),
    "Starting": ("Started", "StartFailed"),
    "Stopping": ("Stopped", "StopFailed"),
    "Updating": ("Updated", "UpdateFailed"),
}
"""How what goes on ends, well or not."""
DELETING = "Deleting"


def is_busy(tracker: Document) -> bool:
    """Tell whether something is done to a tracking server."""
    return tracker["status"] in ENDS or tracker["status"] == DELETING


def refuse(tracker: Document, noun: str, arn: str, what: str) -> shapes.ConflictException:
    """Return the error for what cannot be done now, such as `stopped`."""
    return shapes.ConflictException(
        f"{noun} with ARN {arn} is currently in status {tracker['status'].upper()},"
        f" can't be {what}."
    )


def check_deletable(tracker: Document, noun: str) -> None:
    """Refuse to delete what something else is done to.

    Raises:
        ValidationError: Something is.
    """
    if is_busy(tracker) and tracker["status"] != DELETING:
        raise ValidationError(
            f"{noun} is in un-deletable state ({tracker['status'].upper()}), so it cannot be"
            " deleted."
        )
