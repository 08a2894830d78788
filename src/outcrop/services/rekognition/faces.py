"""DetectFaces and CompareFaces.

Source: https://docs.aws.amazon.com/rekognition/latest/dg/faces.html
"""

from collections.abc import Collection

from outcrop.engines.faces.interface import Face
from outcrop.operations import Call, operation
from outcrop.services.rekognition import shapes
from outcrop.services.rekognition.face_details import (
    as_box,
    as_compared,
    as_detail,
    looks_for,
    reasons_against,
)
from outcrop.services.rekognition.images import as_service_errors, percent, picture_bytes

DEFAULT_SIMILARITY_PERCENT = 80.0


@operation("DetectFaces")
async def detect_faces(
    call: Call, request: shapes.DetectFacesRequest
) -> shapes.DetectFacesResponse:
    """Answer with the faces of an image, the largest first."""
    attributes = request.get("Attributes", [])
    faces = await found_faces(call, request["Image"], vectors=False, attributes=attributes)
    return {"FaceDetails": [as_detail(face, attributes) for face in faces]}


@operation("CompareFaces")
async def compare_faces(
    call: Call, request: shapes.CompareFacesRequest
) -> shapes.CompareFacesResponse:
    """Answer with the faces of one image that are like the largest of another."""
    quality = request.get("QualityFilter", "NONE")
    threshold = request.get("SimilarityThreshold", DEFAULT_SIMILARITY_PERCENT)
    sources = good_faces(await found_faces(call, request["SourceImage"]), quality)
    targets = good_faces(await found_faces(call, request["TargetImage"]), quality)
    if not sources or not targets:
        raise shapes.InvalidParameterException("Request has invalid parameters")
    with as_service_errors():
        likeness = await call.backends.engines.faces.compare(
            sources[0].vector, [face.vector for face in targets]
        )
    matches: list[shapes.CompareFacesMatch] = [
        {"Similarity": percent(each), "Face": as_compared(face)}
        for each, face in sorted(
            zip(likeness, targets, strict=True), key=lambda pair: pair[0], reverse=True
        )
        if percent(each) >= threshold
    ]
    return {
        "SourceImageFace": {
            "BoundingBox": as_box(sources[0].box),
            "Confidence": percent(sources[0].score),
        },
        "FaceMatches": matches,
        "UnmatchedFaces": [
            as_compared(face)
            for each, face in zip(likeness, targets, strict=True)
            if percent(each) < threshold
        ],
    }


async def found_faces(
    call: Call, image: shapes.Image, *, vectors: bool = True, attributes: Collection[str] = ()
) -> list[Face]:
    """Return the faces of an image that a request gives or names, the largest first."""
    content = await picture_bytes(call, image)
    return await faces_in(call, content, vectors=vectors, attributes=attributes)


async def faces_in(
    call: Call, content: bytes, *, vectors: bool = True, attributes: Collection[str] = ()
) -> list[Face]:
    """Return the faces of an encoded image, the largest first."""
    finder = call.backends.engines.faces
    with as_service_errors():
        return await finder.find(content, vectors=vectors, **looks_for(attributes))


def good_faces(faces: list[Face], quality_filter: str) -> list[Face]:
    """Return the faces that pass a filter."""
    return [face for face in faces if not reasons_against(face, quality_filter)]
