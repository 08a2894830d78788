"""The faces of a collection: index, list, delete.

Source: https://docs.aws.amazon.com/rekognition/latest/dg/collections.html
"""

import hashlib
import uuid
from collections.abc import Sequence

from outcrop.engines.faces.interface import Face, FaceBox
from outcrop.engines.faces.persons import shared
from outcrop.operations import Call, operation
from outcrop.operations.paging import page_of, page_of_records
from outcrop.operations.records import every
from outcrop.services.rekognition import shapes
from outcrop.services.rekognition.collections import MOST_LISTED, page_request
from outcrop.services.rekognition.face_details import as_box, as_detail, reasons_against
from outcrop.services.rekognition.faces import faces_in
from outcrop.services.rekognition.galleries import (
    IMAGE,
    USER,
    as_face,
    change_collection,
    face_indexes,
    face_shape,
    faces,
    find_collection,
    image_key,
    users,
)
from outcrop.services.rekognition.images import percent, picture_bytes
from outcrop.services.rekognition.users import no_such_user
from outcrop.storage.records.interface import Create, Delete, Document, Record, Write

SAME_PLACE = 0.5
"""Of two boxes' union, that is in both if they are of one face of one image."""


@operation("IndexFaces")
async def index_faces(call: Call, request: shapes.IndexFacesRequest) -> shapes.IndexFacesResponse:
    """Add the faces of an image to a collection, the largest first."""
    name = request["CollectionId"]
    await find_collection(call, name)
    attributes = request.get("DetectionAttributes", [])
    image = await picture_bytes(call, request["Image"])
    kept, unindexed = _sorted_out(await faces_in(call, image, attributes=attributes), request)
    # Its own for each image, as on AWS: what is sent again is known by it.
    image_id = str(uuid.uuid5(uuid.NAMESPACE_OID, hashlib.sha256(image).hexdigest()))
    indexed: list[tuple[str, Document]] = []

    async def plan(collection: Record) -> Sequence[Write]:
        indexed.clear()
        scope = faces(call, collection)
        key = IMAGE, image_key(image_id, request.get("ExternalImageId", ""))
        known = [face async for face in every(call.backends.records, scope, index=key)]
        writes: list[Write] = []
        for face in kept:
            before = next((each for each in known if _is_same(face, each)), None)
            if before is not None:
                indexed.append((before.name, before.document))
                continue
            face_id, document = str(uuid.uuid4()), _document(call, face, image_id, request)
            indexed.append((face_id, document))
            writes.append(
                Create(scope=scope, name=face_id, document=document, indexes=face_indexes(document))
            )
        return writes

    await change_collection(call, name, plan)
    version = call.backends.engines.faces.model_version
    return {
        "FaceRecords": [
            {"Face": face_shape(*each), "FaceDetail": as_detail(face, attributes)}
            for face, each in zip(kept, indexed, strict=True)
        ],
        "UnindexedFaces": [
            {"Reasons": reasons, "FaceDetail": as_detail(face, attributes)}
            for face, reasons in unindexed
        ],
        "FaceModelVersion": version,
    }


@operation("ListFaces")
async def list_faces(call: Call, request: shapes.ListFacesRequest) -> shapes.ListFacesResponse:
    """Answer with the faces of a collection, or those of some ids, or of one user."""
    collection = await find_collection(call, request["CollectionId"])
    wanted = page_request(request.get("MaxResults"), request.get("NextToken"), most=MOST_LISTED)
    scope, records = faces(call, collection), call.backends.records
    user = request.get("UserId")
    if user is not None and await records.find(users(call, collection), user) is None:
        raise no_such_user(user)
    if "FaceIds" in request:
        found = [await records.find(scope, each) for each in sorted(set(request["FaceIds"]))]
        there = [face for face in found if face and user in (None, face.document["user"])]
        page = page_of(there, key=lambda face: face.name, page=wanted)
    else:
        index = None if user is None else (USER, user)
        page = await page_of_records(records, scope, wanted, index=index)
    answer: shapes.ListFacesResponse = {
        "Faces": [as_face(face) for face in page.items],
        "FaceModelVersion": call.backends.engines.faces.model_version,
    }
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


@operation("DeleteFaces")
async def delete_faces(
    call: Call, request: shapes.DeleteFacesRequest
) -> shapes.DeleteFacesResponse:
    """Delete faces of a collection that belong to no user."""
    failures: list[shapes.UnsuccessfulFaceDeletion] = []
    gone: list[str] = []

    async def plan(collection: Record) -> Sequence[Write]:
        failures.clear()
        gone.clear()
        scope = faces(call, collection)
        for face_id in dict.fromkeys(request["FaceIds"]):
            face = await call.backends.records.find(scope, face_id)
            if face is None:
                failures.append({"FaceId": face_id, "Reasons": ["FACE_NOT_FOUND"]})
            elif user := face.document["user"]:
                reasons = ["ASSOCIATED_TO_AN_EXISTING_USER"]
                failures.append({"FaceId": face_id, "UserId": user, "Reasons": reasons})
            else:
                gone.append(face_id)
        return [Delete(scope=scope, name=face_id) for face_id in gone]

    await change_collection(call, request["CollectionId"], plan)
    answer: shapes.DeleteFacesResponse = {"UnsuccessfulFaceDeletions": failures}
    if gone:  # The model wants one at least.
        answer["DeletedFaces"] = gone
    return answer


def _sorted_out(
    found: Sequence[Face], request: shapes.IndexFacesRequest
) -> tuple[list[Face], list[tuple[Face, list[str]]]]:
    """Return the faces to index, and the others with the reasons against them."""
    kept: list[Face] = []
    unindexed: list[tuple[Face, list[str]]] = []
    for face in found:
        reasons = reasons_against(face, request.get("QualityFilter", "AUTO"))
        if not reasons and len(kept) >= request.get("MaxFaces", len(found)):
            reasons = ["EXCEEDS_MAX_FACES"]
        if reasons:
            unindexed.append((face, reasons))
        else:
            kept.append(face)
    return kept, unindexed


def _is_same(face: Face, indexed: Record) -> bool:
    """Tell whether a face of an image is one that was indexed in the same image."""
    box = indexed.document["box"]
    place = FaceBox(left=box["Left"], top=box["Top"], width=box["Width"], height=box["Height"])
    return shared(face.box, place) > SAME_PLACE


def _document(call: Call, face: Face, image_id: str, request: shapes.IndexFacesRequest) -> Document:
    return {
        "box": as_box(face.box),
        "image_id": image_id,
        "external_image_id": request.get("ExternalImageId", ""),
        "confidence": percent(face.score),
        "model_version": call.backends.engines.faces.model_version,
        "user": "",
        "vector": face.vector,
    }
