"""Images of requests: their bytes, from the request or from S3, and what engines say of them.

Source: https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
"""

import contextlib
from collections.abc import Generator

from outcrop.aws.errors import ServiceError
from outcrop.engines.workers.engine import EngineError, EngineUnavailableError, RefusedInputError
from outcrop.operations import Call
from outcrop.operations.objects import ObjectTooLargeError
from outcrop.services.rekognition import shapes
from outcrop.services.rekognition.image_sizes import check_size

MOST_BYTES = 5 << 20
MOST_S3_BYTES = 15 << 20
MOST_CUSTOM_BYTES = 4 << 20
"""Of an image for custom labels, in the request."""


async def image_bytes(call: Call, image: shapes.Image) -> bytes:
    """Return the encoded image that a request gives or names.

    Raises:
        ServiceError: There is none, there are two, or S3 does not give it.
    """
    content, place = image.get("Bytes"), image.get("S3Object")
    if content is not None and place is None:
        return content
    if place is not None and content is None:
        return await object_bytes(call, place)
    raise shapes.InvalidParameterException("Request has invalid parameters")


async def picture_bytes(call: Call, image: shapes.Image) -> bytes:
    """Return the same, if its file tells of a size that AWS takes.

    Raises:
        ServiceError: See `image_bytes` and `check_size`.
    """
    content = await image_bytes(call, image)
    check_size(content)
    return content


async def object_bytes(
    call: Call, place: shapes.S3Object, *, most_bytes: int = MOST_S3_BYTES
) -> bytes:
    """Return the object that a request names.

    Raises:
        ServiceError: S3 does not give it, or it is too large.
    """
    bucket, name = place.get("Bucket"), place.get("Name")
    if not bucket or not name:
        raise shapes.InvalidS3ObjectException("Request has invalid S3 object.")
    try:
        return await call.objects.read_at_most(
            bucket, name, most_bytes, version=place.get("Version", "")
        )
    except ObjectTooLargeError as error:
        raise shapes.ImageTooLargeException(
            f"Image size is too large: an object may have {most_bytes} bytes."
        ) from error
    except ServiceError as error:
        raise _no_object() from error


async def object_size(call: Call, place: shapes.S3Object) -> int:
    """Return how many bytes the object has that a request names.

    Raises:
        InvalidS3ObjectException: S3 does not say it.
    """
    version = {"VersionId": place["Version"]} if "Version" in place else {}
    try:
        head = await call.ask(
            "s3", "HeadObject", Bucket=place.get("Bucket", ""), Key=place.get("Name", ""), **version
        )
    except ServiceError as error:
        raise _no_object() from error
    return head["ContentLength"]


def _no_object() -> ServiceError:
    return shapes.InvalidS3ObjectException(
        "Unable to get object metadata from S3. Check object key, region and/or access permissions."
    )


@contextlib.contextmanager
def as_service_errors() -> Generator[None, None, None]:
    """Turn what engines raise into errors of the service model."""
    try:
        yield
    except RefusedInputError as error:
        raise refused(error) from error
    except EngineUnavailableError as error:
        raise shapes.InternalServerError(str(error)) from error
    except EngineError as error:
        raise shapes.InternalServerError("The model failed; the server's log says how.") from error


def refused(error: RefusedInputError) -> ServiceError:
    """Return the error for an image that models cannot take."""
    if error.kind == "too large":
        return shapes.ImageTooLargeException(str(error))
    return shapes.InvalidImageFormatException("Request has invalid image format")


def percent(share: float) -> float:
    """Return what engines say from 0.0 to 1.0 as Rekognition does: from 0 to 100."""
    return min(max(share * 100.0, 0.0), 100.0)
