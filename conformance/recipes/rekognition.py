"""A portrait, and a collection with its face and a user."""

import functools
import io
from collections.abc import Mapping
from typing import Any

from PIL import Image

from conformance.recipes import Recipe
from conformance.recipes.steps import Maker, Steps
from tests.photographs import photograph

COLLECTION = "celebrities"
"""That by whose faces celebrities are recognised."""


@functools.cache
def portrait() -> bytes:
    """Return a small JPEG file with one face."""
    file = io.BytesIO()
    image = Image.open(io.BytesIO(photograph("astronaut.png"))).convert("RGB")
    image.crop((100, 0, 356, 256)).save(file, "JPEG", quality=90)
    return file.getvalue()


def values(account: str) -> Mapping[str, Any]:
    """Return the portrait, and the names of what is made with it."""
    image = {"Bytes": portrait()}
    return {
        "Attributes": ["ALL"],
        "CollectionId": COLLECTION,
        "DetectionAttributes": ["ALL"],
        "ExternalImageId": "Eileen_Collins",
        "Features": ["GENERAL_LABELS", "IMAGE_PROPERTIES"],
        "Filters": {"WordFilter": {"MinConfidence": 50.0}},
        "Image": image,
        "ResourceArn": f"arn:aws:rekognition:us-east-1:{account}:collection/{COLLECTION}",
        "SourceImage": image,
        "Tags": {"team": "blue"},
        "TagKeys": ["team"],
        "TargetImage": image,
        "UserId": "somebody",
    }


FACE_ID = "FaceRecords.0.Face.FaceId"

RECIPE = Recipe(
    prepare=Steps(
        values=values,
        makers={
            "CollectionId": Maker("CreateCollection"),
            "GetCelebrityInfo.Id": Maker("RecognizeCelebrities", "CelebrityFaces.0.Id"),
            "FaceId": Maker("IndexFaces", FACE_ID),
            "FaceIds": Maker("IndexFaces", FACE_ID, is_listed=True),
            "ResourceArn": Maker("CreateCollection"),
            "UserId": Maker("CreateUser"),
        },
        before={
            "DisassociateFaces": ("AssociateFaces",),
            "RecognizeCelebrities": ("IndexFaces",),
        },
        needed={"IndexFaces": ("ExternalImageId",)},
    ),
    needed={"SearchUsers": ("UserId",)},
    without={
        "DetectModerationLabels": ("HumanLoopConfig", "ProjectVersion"),
        "SearchUsers": ("FaceId",),
    },
)
