"""Searches in a collection: faces and users that are like a face, a user, or a face in an image.

Source: https://docs.aws.amazon.com/rekognition/latest/dg/search-face-with-id-procedure.html
"""

from collections.abc import Sequence

from outcrop.engines.faces.interface import Match, Vector
from outcrop.operations import Call, operation
from outcrop.services.rekognition import shapes
from outcrop.services.rekognition.face_details import as_box, as_detail, reasons_against
from outcrop.services.rekognition.faces import DEFAULT_SIMILARITY_PERCENT, found_faces, good_faces
from outcrop.services.rekognition.galleries import (
    as_face,
    faces,
    faces_like,
    find_collection,
    user_status,
    users,
    users_like,
)
from outcrop.services.rekognition.images import percent
from outcrop.services.rekognition.users import user_vector
from outcrop.storage.records.interface import Record

DEFAULT_FACES = 80
"""Source: https://docs.aws.amazon.com/rekognition/latest/APIReference/API_SearchFaces.html"""
DEFAULT_USERS = 500


@operation("SearchFaces")
async def search_faces(
    call: Call, request: shapes.SearchFacesRequest
) -> shapes.SearchFacesResponse:
    """Answer with the faces of a collection that are like one of them, but for itself."""
    collection = await find_collection(call, request["CollectionId"])
    face_id = request["FaceId"]
    vector = await _vector_of_face(call, collection, face_id)
    limit = request.get("MaxFaces", DEFAULT_FACES)
    matches = await faces_like(
        call,
        collection,
        vector,
        threshold_percent=request.get("FaceMatchThreshold", DEFAULT_SIMILARITY_PERCENT),
        limit=limit + 1,  # One of them is the face itself.
    )
    others = [match for match in matches if match.name != face_id][:limit]
    return {
        "SearchedFaceId": face_id,
        "FaceMatches": await face_matches(call, collection, others),
        "FaceModelVersion": call.backends.engines.faces.model_version,
    }


@operation("SearchFacesByImage")
async def search_faces_by_image(
    call: Call, request: shapes.SearchFacesByImageRequest
) -> shapes.SearchFacesByImageResponse:
    """Answer with the faces of a collection that are like the largest of an image."""
    collection = await find_collection(call, request["CollectionId"])
    found = await found_faces(call, request["Image"])
    good = good_faces(found, request.get("QualityFilter", "NONE"))
    if not good:
        raise shapes.InvalidParameterException(
            "There are no faces in the image. Should be at least 1."
        )
    face = good[0]
    matches = await faces_like(
        call,
        collection,
        face.vector,
        threshold_percent=request.get("FaceMatchThreshold", DEFAULT_SIMILARITY_PERCENT),
        limit=request.get("MaxFaces", DEFAULT_FACES),
    )
    return {
        "SearchedFaceBoundingBox": as_box(face.box),
        "SearchedFaceConfidence": percent(face.score),
        "FaceMatches": await face_matches(call, collection, matches),
        "FaceModelVersion": call.backends.engines.faces.model_version,
    }


@operation("SearchUsers")
async def search_users(
    call: Call, request: shapes.SearchUsersRequest
) -> shapes.SearchUsersResponse:
    """Answer with the users of a collection that are like a face or another user."""
    collection = await find_collection(call, request["CollectionId"])
    face_id, user = request.get("FaceId"), request.get("UserId")
    limit = request.get("MaxUsers", DEFAULT_USERS)
    vector: Vector | None
    answer: shapes.SearchUsersResponse = {}
    if face_id is not None and user is None:
        vector = await _vector_of_face(call, collection, face_id)
        answer["SearchedFace"] = {"FaceId": face_id}
    elif user is not None and face_id is None:
        vector = await user_vector(call, collection, user)
        answer["SearchedUser"] = {"UserId": user}
    else:
        raise shapes.InvalidParameterException("Give either FaceId or UserId.")
    matches = (
        await users_like(
            call,
            collection,
            vector,
            threshold_percent=request.get("UserMatchThreshold", DEFAULT_SIMILARITY_PERCENT),
            limit=limit + 1,
        )
        if vector is not None
        else []
    )
    others = [match for match in matches if match.name != user][:limit]
    answer["UserMatches"] = await _user_matches(call, collection, others)
    answer["FaceModelVersion"] = call.backends.engines.faces.model_version
    return answer


@operation("SearchUsersByImage")
async def search_users_by_image(
    call: Call, request: shapes.SearchUsersByImageRequest
) -> shapes.SearchUsersByImageResponse:
    """Answer with the users of a collection that are like the largest face of an image."""
    collection = await find_collection(call, request["CollectionId"])
    quality = request.get("QualityFilter", "NONE")
    found = await found_faces(call, request["Image"])
    face = next(iter(good_faces(found, quality)), None)
    answer: shapes.SearchUsersByImageResponse = {
        "UserMatches": [],
        "FaceModelVersion": call.backends.engines.faces.model_version,
        "UnsearchedFaces": [
            {
                "FaceDetails": as_detail(other),
                "Reasons": reasons_against(other, quality) or ["FACE_NOT_LARGEST"],
            }
            for other in found
            if other is not face
        ],
    }
    if face is not None:
        matches = await users_like(
            call,
            collection,
            face.vector,
            threshold_percent=request.get("UserMatchThreshold", DEFAULT_SIMILARITY_PERCENT),
            limit=request.get("MaxUsers", DEFAULT_USERS),
        )
        answer["UserMatches"] = await _user_matches(call, collection, matches)
        answer["SearchedFace"] = {"FaceDetail": as_detail(face)}
    return answer


async def _vector_of_face(call: Call, collection: Record, face_id: str) -> Vector:
    record = await call.backends.records.find(faces(call, collection), face_id)
    if record is None:
        raise shapes.InvalidParameterException("faceId was not found in the collection.")
    return record.document["vector"]


async def face_matches(
    call: Call, collection: Record, matches: Sequence[Match]
) -> list[shapes.FaceMatch]:
    """Return matches with what is known of their faces; those that have gone since are not."""
    scope = faces(call, collection)
    found = [(match, await call.backends.records.find(scope, match.name)) for match in matches]
    return [
        {"Similarity": percent(match.similarity), "Face": as_face(record)}
        for match, record in found
        if record is not None
    ]


async def _user_matches(
    call: Call, collection: Record, matches: Sequence[Match]
) -> list[shapes.UserMatch]:
    scope = users(call, collection)
    found = [(match, await call.backends.records.find(scope, match.name)) for match in matches]
    return [
        {
            "Similarity": percent(match.similarity),
            "User": {"UserId": match.name, "UserStatus": user_status(record)},
        }
        for match, record in found
        if record is not None
    ]
