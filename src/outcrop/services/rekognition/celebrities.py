"""RecognizeCelebrities and GetCelebrityInfo, from a gallery that the account fills.

Nobody is famous here by himself: celebrities are the faces of the collection `celebrities`, by the
names of their users, or else of their external images, with underscores for spaces. A tag of the
collection whose key is such a name has an address that tells of the person.

Source: https://docs.aws.amazon.com/rekognition/latest/dg/celebrities.html
"""

import hashlib

from outcrop.engines.faces.interface import Face
from outcrop.operations import Call, operation
from outcrop.operations.records import every
from outcrop.services.rekognition import shapes
from outcrop.services.rekognition.face_details import as_compared
from outcrop.services.rekognition.faces import found_faces
from outcrop.services.rekognition.galleries import collections, faces, faces_like
from outcrop.services.rekognition.images import percent
from outcrop.storage.records.interface import Record

GALLERY = "celebrities"
LEAST_SIMILARITY_PERCENT = 80.0
ID_LENGTH = 8


@operation("RecognizeCelebrities")
async def recognize_celebrities(
    call: Call, request: shapes.RecognizeCelebritiesRequest
) -> shapes.RecognizeCelebritiesResponse:
    """Answer with the faces of an image that are in the gallery, and with the others."""
    found = await found_faces(call, request["Image"])
    gallery = await call.backends.records.find(collections(call), GALLERY)
    known: list[shapes.Celebrity] = []
    unknown: list[shapes.ComparedFace] = []
    for face in found:
        celebrity = await _celebrity(call, gallery, face) if gallery else None
        if celebrity is None:
            unknown.append(as_compared(face))
        else:
            known.append(celebrity)
    return {"CelebrityFaces": known, "UnrecognizedFaces": unknown}


@operation("GetCelebrityInfo")
async def get_celebrity_info(
    call: Call, request: shapes.GetCelebrityInfoRequest
) -> shapes.GetCelebrityInfoResponse:
    """Answer with the name behind an id, and the address that the gallery has of it."""
    gallery = await call.backends.records.find(collections(call), GALLERY)
    if gallery is not None:
        async for record in every(call.backends.records, faces(call, gallery)):
            name = _name(record)
            if name and _id(name) == request["Id"]:
                return {"Name": _shown(name), "Urls": _urls(gallery, name)}
    raise shapes.ResourceNotFoundException(f"There is no celebrity with the id {request['Id']}.")


async def _celebrity(call: Call, gallery: Record, face: Face) -> shapes.Celebrity | None:
    """Return who of the gallery a face is most like."""
    matches = await faces_like(
        call, gallery, face.vector, threshold_percent=LEAST_SIMILARITY_PERCENT, limit=10
    )
    for match in matches:
        record = await call.backends.records.find(faces(call, gallery), match.name)
        name = _name(record) if record else ""
        if name:
            return {
                "Id": _id(name),
                "Name": _shown(name),
                "Urls": _urls(gallery, name),
                "Face": as_compared(face),
                "MatchConfidence": percent(match.similarity),
            }
    return None


def _name(record: Record) -> str:
    return record.document["user"] or record.document["external_image_id"]


def _shown(name: str) -> str:
    return name.replace("_", " ")


def _id(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:ID_LENGTH]


def _urls(gallery: Record, name: str) -> list[str]:
    address = gallery.document["tags"].get(name)
    return [address] if address else []
