"""Images that AWS does not take, given to every operation that takes one."""

import io
import struct
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from botocore.exceptions import ClientError
from PIL import Image

from outcrop.services.rekognition.image_sizes import MOST_SEGMENTS, size_of
from tests.photographs import photograph
from tests.services.bad_inputs import archive, image_bomb
from tests.services.rekognition.portraits import ADMIRAL

INVALID_FORMAT = ("InvalidImageFormatException", "Request has invalid image format")
INVALID_PARAMETERS = ("InvalidParameterException", "Request has invalid parameters")
NO_OBJECT = (
    "InvalidS3ObjectException",
    "Unable to get object metadata from S3. Check object key, region and/or access permissions.",
)

OPERATIONS = (
    "detect_labels",
    "detect_faces",
    "detect_text",
    "detect_moderation_labels",
    "recognize_celebrities",
    "index_faces",
    "search_faces_by_image",
    "search_users_by_image",
    "compare_faces source",
    "compare_faces target",
)
Refusal: TypeAlias = tuple[str, str]


def picture(width: int, height: int, kind: str = "PNG", **more: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, kind, **more)
    return file.getvalue()


@pytest.fixture
def refused(rekognition: Any, collection: str) -> Callable[[str, Any], Refusal]:
    """Return how an operation refuses an image, given as bytes or as an object of S3."""

    def ask(name: str, image: Any) -> Refusal:
        given = {"Bytes": image} if isinstance(image, bytes) else {"S3Object": image}
        operation, _, side = name.partition(" ")
        arguments: dict[str, Any] = {"Image": given}
        if side:
            faces = {"SourceImage": photograph(ADMIRAL), "TargetImage": photograph(ADMIRAL)}
            arguments = {name: {"Bytes": content} for name, content in faces.items()}
            arguments[f"{side.capitalize()}Image"] = given
        if operation.startswith(("index", "search")):
            arguments["CollectionId"] = collection
        with pytest.raises(ClientError) as caught:
            getattr(rekognition, operation)(**arguments)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]

    return ask


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_is_no_picture_of_a_fit_size_is_refused(
    refused: Callable[[str, Any], Refusal], operation: str
):
    told = {
        "cut short": refused(operation, photograph(ADMIRAL)[:20_000]),
        "renamed": refused(operation, archive()),
        "GIF": refused(operation, picture(100, 100, "GIF")),
        "bomb": refused(operation, image_bomb()),
        "long": refused(operation, picture(10_001, 80)),
        "low": refused(operation, picture(200, 79)),
        "narrow": refused(operation, picture(79, 200, "JPEG")),
    }

    too_large = "ImageTooLargeException"
    exceeds = "exceed maximum dimension size of 10000 pixels"
    assert told == {
        "cut short": INVALID_FORMAT,
        "renamed": INVALID_FORMAT,
        "GIF": INVALID_FORMAT,
        "bomb": (too_large, f"Input image dimensions 30000 x 30000 {exceeds}"),
        "long": (too_large, f"Input image dimensions 10001 x 80 {exceeds}"),
        "low": INVALID_PARAMETERS,
        "narrow": INVALID_PARAMETERS,
    }


def test_objects_that_are_too_large_or_not_there_are_refused(
    refused: Callable[[str, Any], Refusal], client: Callable[..., Any], account: str
):
    s3, bucket = client("s3"), f"large-images-of-{account}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="large.png", Body=bytes((15 << 20) + 1))
    large, none = ({"Bucket": bucket, "Name": name} for name in ("large.png", "none.png"))

    told = {name: (refused(name, large)[0], refused(name, none)) for name in OPERATIONS}

    assert told == dict.fromkeys(OPERATIONS, ("ImageTooLargeException", NO_OBJECT))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_the_header_tells_the_size(kind: str):
    assert size_of(picture(321, 123, kind)) == (321, 123)
    assert size_of(picture(321, 123, "JPEG", progressive=True, exif=bytes(500))) == (321, 123)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8",
        b"\xff\xd8\xff\xff\xff",
        b"\xff\xd8no marker",
        b"\xff\xd8" + struct.pack(">HH", 0xFFE0, 2) * (MOST_SEGMENTS + 1),
        picture(100, 100, "GIF"),
    ],
    ids=range(7),
)
def test_what_has_no_whole_header_tells_none(content: bytes):
    assert size_of(content) is None
