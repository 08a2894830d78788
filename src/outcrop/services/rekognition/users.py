"""The users of a collection: persons, each with faces that were associated.

Source: https://docs.aws.amazon.com/rekognition/latest/dg/collections.html
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from outcrop.aws.errors import ServiceError
from outcrop.engines.faces.interface import Vector
from outcrop.operations import Call, operation
from outcrop.operations.paging import page_of_records
from outcrop.operations.records import every
from outcrop.services.rekognition import shapes
from outcrop.services.rekognition.collections import page_request
from outcrop.services.rekognition.galleries import (
    USER,
    change_collection,
    face_indexes,
    faces,
    find_collection,
    mean,
    user_status,
    users,
)
from outcrop.services.rekognition.images import as_service_errors, percent
from outcrop.storage.records.interface import Create, Delete, Record, Replace, Write

MOST_LISTED = 500
MOST_FACES = 100
"""Of one user.

Source: https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
"""
DEFAULT_MATCH_PERCENT = 75.0


@operation("CreateUser")
async def create_user(call: Call, request: shapes.CreateUserRequest) -> shapes.CreateUserResponse:
    """Make a user without faces."""
    user, token = request["UserId"], request.get("ClientRequestToken", "")

    async def plan(collection: Record) -> Sequence[Write]:
        scope = users(call, collection)
        there = await call.backends.records.find(scope, user)
        if there is None:
            return [Create(scope=scope, name=user, document={"faces": 0, "token": token})]
        if not token or there.document["token"] != token:
            raise shapes.ConflictException(f"The user id: {user} already exists")
        return []

    await change_collection(call, request["CollectionId"], plan)
    return {}


@operation("DeleteUser")
async def delete_user(call: Call, request: shapes.DeleteUserRequest) -> shapes.DeleteUserResponse:
    """Delete a user; its faces stay, and belong to nobody."""
    user = request["UserId"]

    async def plan(collection: Record) -> Sequence[Write]:
        await _find(call, collection, user)
        freed = [_owned_by(face, "") for face in await _faces_of(call, collection, user)]
        return [Delete(scope=users(call, collection), name=user), *freed]

    await change_collection(call, request["CollectionId"], plan)
    return {}


@operation("ListUsers")
async def list_users(call: Call, request: shapes.ListUsersRequest) -> shapes.ListUsersResponse:
    """Answer with the users of a collection."""
    collection = await find_collection(call, request["CollectionId"])
    page = await page_of_records(
        call.backends.records,
        users(call, collection),
        page_request(request.get("MaxResults"), request.get("NextToken"), most=MOST_LISTED),
    )
    answer: shapes.ListUsersResponse = {
        "Users": [{"UserId": each.name, "UserStatus": user_status(each)} for each in page.items]
    }
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


@operation("AssociateFaces")
async def associate_faces(
    call: Call, request: shapes.AssociateFacesRequest
) -> shapes.AssociateFacesResponse:
    """Let faces of a collection be those of a user, if they are like those that it has."""
    user = request["UserId"]
    threshold = request.get("UserMatchThreshold", DEFAULT_MATCH_PERCENT)
    taken: list[shapes.AssociatedFace] = []
    refused: list[shapes.UnsuccessfulFaceAssociation] = []

    async def plan(collection: Record) -> Sequence[Write]:
        record = await _find(call, collection, user)
        if (before := _answered(call, record, request)) is not None:
            taken[:], refused[:] = before
            return []
        taken.clear()
        refused.clear()
        known = [face.document["vector"] for face in await _faces_of(call, collection, user)]
        writes: list[Write] = []
        for face_id in dict.fromkeys(request["FaceIds"]):
            face = await call.backends.records.find(faces(call, collection), face_id)
            problem = await _problem(call, face, face_id, user, known, threshold)
            if problem is not None:
                refused.append(problem)
            elif face is not None and face.document["user"] != user:
                taken.append({"FaceId": face_id})
                known.append(face.document["vector"])
                writes.append(_owned_by(face, user))
        if len(known) > MOST_FACES:
            raise shapes.ServiceQuotaExceededException(
                f"A user can have {MOST_FACES} faces; {user} would have {len(known)}."
            )
        if writes:
            answer = _Answer(taken, refused)
            writes.append(_changed(call, record, request, faces=len(known), answer=answer))
        return writes

    await change_collection(call, request["CollectionId"], plan)
    return {
        "AssociatedFaces": taken,
        "UnsuccessfulFaceAssociations": refused,
        "UserStatus": await _status(call, request["CollectionId"], user),
    }


@operation("DisassociateFaces")
async def disassociate_faces(
    call: Call, request: shapes.DisassociateFacesRequest
) -> shapes.DisassociateFacesResponse:
    """Let faces of a user belong to nobody."""
    user = request["UserId"]
    freed: list[shapes.DisassociatedFace] = []
    refused: list[shapes.UnsuccessfulFaceDisassociation] = []

    async def plan(collection: Record) -> Sequence[Write]:
        record = await _find(call, collection, user)
        if (before := _answered(call, record, request)) is not None:
            freed[:], refused[:] = before
            return []
        freed.clear()
        refused.clear()
        writes: list[Write] = []
        for face_id in dict.fromkeys(request["FaceIds"]):
            face = await call.backends.records.find(faces(call, collection), face_id)
            if face is None:
                refused.append({"FaceId": face_id, "Reasons": ["FACE_NOT_FOUND"]})
            elif (owner := face.document["user"]) == user:
                freed.append({"FaceId": face_id})
                writes.append(_owned_by(face, ""))
            elif owner:
                reasons = ["ASSOCIATED_TO_A_DIFFERENT_USER"]
                refused.append({"FaceId": face_id, "UserId": owner, "Reasons": reasons})
        if writes:
            left = record.document["faces"] - len(writes)
            answer = _Answer(freed, refused)
            writes.append(_changed(call, record, request, faces=left, answer=answer))
        return writes

    await change_collection(call, request["CollectionId"], plan)
    return {
        "DisassociatedFaces": freed,
        "UnsuccessfulFaceDisassociations": refused,
        "UserStatus": await _status(call, request["CollectionId"], user),
    }


async def user_vector(call: Call, collection: Record, user: str) -> Vector | None:
    """Return the mean of the faces of a user; `None`: it has none.

    Raises:
        ResourceNotFoundException: There is no such user.
    """
    await _find(call, collection, user)
    found = [face.document["vector"] for face in await _faces_of(call, collection, user)]
    return mean(found) if found else None


async def _problem(
    call: Call,
    face: Record | None,
    face_id: str,
    user: str,
    known: Sequence[Vector],
    threshold: float,
) -> shapes.UnsuccessfulFaceAssociation | None:
    """Return why a face cannot become a user's; `None`: it can, or is one already."""
    if face is None:
        return {"FaceId": face_id, "Reasons": ["FACE_NOT_FOUND"]}
    owner = face.document["user"]
    if owner and owner != user:
        reasons = ["ASSOCIATED_TO_A_DIFFERENT_USER"]
        return {"FaceId": face_id, "UserId": owner, "Reasons": reasons}
    if owner or not known:
        return None
    with as_service_errors():
        (likeness,) = await call.backends.engines.faces.compare(
            face.document["vector"], [mean(known)]
        )
    if percent(likeness) >= threshold:
        return None
    reasons = ["LOW_MATCH_CONFIDENCE"]
    return {"FaceId": face_id, "Confidence": percent(likeness), "Reasons": reasons}


class _Answer(NamedTuple):
    """What a request has done to the faces of a user, as it is told."""

    done: Sequence[Any]
    refused: Sequence[Any]


def _answered(call: Call, user: Record, request: Mapping[str, Any]) -> _Answer | None:
    """Return the answer to a user's last request, if this one has its token.

    Raises:
        IdempotentParameterMismatchException: That one asked for something else.
    """
    last = user.document.get("last")
    if last is None or last["token"] != request.get("ClientRequestToken"):
        return None
    if last["asked"] != _asked(call, request):
        raise shapes.IdempotentParameterMismatchException(
            "The ClientRequestToken was used with other parameters."
        )
    return _Answer(*last["answer"])


def _changed(
    call: Call, user: Record, request: Mapping[str, Any], *, faces: int, answer: _Answer
) -> Replace:
    """Return the write of a user that has so many faces now; its last request is remembered."""
    document = {**user.document, "faces": faces}
    if token := request.get("ClientRequestToken"):
        document["last"] = {"token": token, "asked": _asked(call, request), "answer": [*answer]}
    return Replace(record=user, document=document)


def _asked(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    others = {name: value for name, value in request.items() if name != "ClientRequestToken"}
    return {"operation": call.operation, **others}


def _owned_by(face: Record, user: str) -> Replace:
    document = {**face.document, "user": user}
    return Replace(record=face, document=document, indexes=face_indexes(document))


async def _faces_of(call: Call, collection: Record, user: str) -> list[Record]:
    scope = faces(call, collection)
    return [face async for face in every(call.backends.records, scope, index=(USER, user))]


async def _find(call: Call, collection: Record, user: str) -> Record:
    record = await call.backends.records.find(users(call, collection), user)
    if record is None:
        raise no_such_user(user)
    return record


async def _status(call: Call, collection: str, user: str) -> str:
    return user_status(await _find(call, await find_collection(call, collection), user))


def no_such_user(user: str) -> ServiceError:
    """Return the error for a user that is not in the collection."""
    return shapes.ResourceNotFoundException(f"The user id: {user} does not exist")
