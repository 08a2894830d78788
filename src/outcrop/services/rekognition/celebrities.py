"""RecognizeCelebrities and GetCelebrityInfo, from a gallery that the account fills.

Nobody is famous here by himself: celebrities are the faces of the collection `celebrities`, by the
names of their users, or else of their external images, with underscores for spaces. A tag of the
collection whose key is such a name has an address that tells of the person.

Source: https://docs.aws.amazon.com/rekognition/latest/dg/celebrities.html
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

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
MOST_FACES = 64
"""The largest of an image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """Who of the gallery a face is most like."""

    id: str
    name: str
    urls: list[str]
    similarity_percent: float


@operation("RecognizeCelebrities")
async def recognize_celebrities(
    call: Call, request: shapes.RecognizeCelebritiesRequest
) -> shapes.RecognizeCelebritiesResponse:
    """Answer with the faces of an image that are in the gallery, and with the others."""
    seen = await found_faces(call, request["Image"])
    found = await recognised(call, seen[:MOST_FACES])
    return {
        "CelebrityFaces": [
            {
                "Id": known.id,
                "Name": known.name,
                "Urls": known.urls,
                "Face": as_compared(face),
                "MatchConfidence": known.similarity_percent,
            }
            for face, known in found
            if known is not None
        ],
        "UnrecognizedFaces": [as_compared(face) for face, known in found if known is None],
    }


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


async def recognised(call: Call, found: Sequence[Face]) -> list[tuple[Face, Recognised | None]]:
    """Return faces, which have vectors, with who of the gallery they are."""
    gallery = await call.backends.records.find(collections(call), GALLERY)
    if gallery is None:
        return [(face, None) for face in found]
    return [(face, await _recognised(call, gallery, face)) for face in found]


async def _recognised(call: Call, gallery: Record, face: Face) -> Recognised | None:
    matches = await faces_like(
        call, gallery, face.vector, threshold_percent=LEAST_SIMILARITY_PERCENT, limit=10
    )
    for match in matches:
        record = await call.backends.records.find(faces(call, gallery), match.name)
        name = _name(record) if record else ""
        if name:
            return Recognised(
                id=_id(name),
                name=_shown(name),
                urls=_urls(gallery, name),
                similarity_percent=percent(match.similarity),
            )
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
