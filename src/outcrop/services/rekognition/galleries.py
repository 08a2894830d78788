"""Face collections as records: the collection, its faces with their vectors, and its users.

Whoever changes faces or users replaces the collection's record in the same write, so that its
version tells the state of all of them.
"""

import uuid
from array import array
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from outcrop.engines.faces.interface import Gallery, Match, Vector
from outcrop.operations import Call
from outcrop.operations.records import TRIES, every
from outcrop.services.rekognition import shapes
from outcrop.services.rekognition.images import as_service_errors
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    Record,
    RecordExistsError,
    RecordNotFoundError,
    Replace,
    Scope,
    StaleRecordError,
    Write,
)

USER = "user"
"""The index of faces by the user that they belong to."""
IMAGE = "image"
"""The index of faces by the image that they were seen in; see `image_key`."""


def collections(call: Call) -> Scope:
    """Return where the collections of the caller are."""
    return Scope(call.account, call.region, "rekognition", "collection")


def faces(call: Call, collection: Record) -> Scope:
    """Return where the faces of a collection are."""
    return Scope(call.account, call.region, "rekognition", f"face/{collection.document['uid']}")


def users(call: Call, collection: Record) -> Scope:
    """Return where the users of a collection are."""
    return Scope(call.account, call.region, "rekognition", f"user/{collection.document['uid']}")


def collection_arn(call: Call, name: str) -> str:
    """Return the ARN of a collection."""
    return call.arn(f"collection/{name}")


async def add_collection(call: Call, name: str, tags: Mapping[str, str]) -> None:
    """Make an empty collection.

    Raises:
        ResourceAlreadyExistsException: It is there.
    """
    document: Document = {
        "uid": uuid.uuid4().hex,
        "created": call.backends.now(),
        "faces": 0,
        "users": 0,
        "tags": dict(tags),
    }
    try:
        await call.backends.records.write(
            Create(scope=collections(call), name=name, document=document)
        )
    except RecordExistsError as error:
        raise shapes.ResourceAlreadyExistsException(
            f"The collection id: {name} already exists"
        ) from error


async def find_collection(call: Call, name: str) -> Record:
    """Return a collection.

    Raises:
        ResourceNotFoundException: There is none of this name.
    """
    record = await call.backends.records.find(collections(call), name)
    if record is None:
        raise shapes.ResourceNotFoundException(f"The collection id: {name} does not exist")
    return record


async def remove_collection(call: Call, name: str) -> None:
    """Delete a collection with all that is in it, at once.

    Raises:
        ResourceNotFoundException: There is none of this name.
    """
    for _ in range(TRIES):
        collection = await find_collection(call, name)
        scopes = (faces(call, collection), users(call, collection))
        inside = [
            Delete(scope=scope, name=record.name)
            for scope in scopes
            async for record in every(call.backends.records, scope)
        ]
        itself = Delete(scope=collection.scope, name=name, version=collection.version)
        try:
            await call.backends.records.write(itself, *inside)
        except (StaleRecordError, RecordNotFoundError):
            continue  # Somebody changed it: what is in it may be more, or less.
        return
    raise contended()


Plan = Callable[[Record], Awaitable[Sequence[Write]]]
"""Returns what to write in a collection, as it is now; may be asked again, and may raise."""


async def change_collection(call: Call, name: str, plan: Plan) -> None:
    """Write what a plan says, if anything, together with the collection's new state."""
    for _ in range(TRIES):
        collection = await find_collection(call, name)
        writes = await plan(collection)
        if not writes:
            return
        made, gone = _kinds(writes, Create), _kinds(writes, Delete)
        document = {
            **collection.document,
            "faces": collection.document["faces"] + made.count("face") - gone.count("face"),
            "users": collection.document["users"] + made.count("user") - gone.count("user"),
        }
        try:
            await call.backends.records.write(
                Replace(record=collection, document=document), *writes
            )
        except (StaleRecordError, RecordNotFoundError):
            continue
        return
    raise contended()


def _kinds(writes: Sequence[Write], wanted: type[Create] | type[Delete]) -> list[str]:
    """Return what is created, or deleted: `face` or `user` for each."""
    return [write.scope.kind.split("/")[0] for write in writes if isinstance(write, wanted)]


def contended() -> Exception:
    """Return the error for a collection that too many others change."""
    return shapes.ProvisionedThroughputExceededException(
        "Too many requests change the collection at once; try again."
    )


def image_key(image_id: str, external_image_id: str) -> str:
    """Return what the faces have in common that were indexed in one image under one id."""
    return f"{image_id}/{external_image_id}"


def face_indexes(face: Document) -> dict[str, str]:
    """Return the secondary keys of a face's record."""
    return {
        USER: face["user"],
        IMAGE: image_key(face["image_id"], face["external_image_id"]),
    }


def as_face(record: Record) -> shapes.Face:
    """Return a face of a collection in Rekognition's shape."""
    return face_shape(record.name, record.document)


def face_shape(face_id: str, document: Document) -> shapes.Face:
    """Return what a collection knows of a face in Rekognition's shape."""
    told: shapes.Face = {
        "FaceId": face_id,
        "BoundingBox": document["box"],
        "ImageId": document["image_id"],
        "Confidence": document["confidence"],
        "IndexFacesModelVersion": document["model_version"],
    }
    if document["external_image_id"]:
        told["ExternalImageId"] = document["external_image_id"]
    if document["user"]:
        told["UserId"] = document["user"]
    return told


def user_status(record: Record) -> str:
    """Return the status of a user: without faces, it is but created."""
    return "ACTIVE" if record.document["faces"] else "CREATED"


async def faces_like(
    call: Call, collection: Record, wanted: Vector, *, threshold_percent: float, limit: int
) -> list[Match]:
    """Return the faces of a collection that are most like a face."""

    async def load() -> list[tuple[str, Vector]]:
        scope = faces(call, collection)
        return [
            (record.name, record.document["vector"])
            async for record in every(call.backends.records, scope)
        ]

    with as_service_errors():
        return await call.backends.engines.faces.search(
            wanted,
            Gallery(key=_key("faces", collection), load=load),
            least_similarity=threshold_percent / 100,
            limit=limit,
        )


async def users_like(
    call: Call, collection: Record, wanted: Vector, *, threshold_percent: float, limit: int
) -> list[Match]:
    """Return the users of a collection that are most like a face."""

    async def load() -> list[tuple[str, Vector]]:
        vectors: dict[str, list[Vector]] = {}
        async for record in every(call.backends.records, faces(call, collection)):
            if record.document["user"]:
                vectors.setdefault(record.document["user"], []).append(record.document["vector"])
        return [(name, mean(each)) for name, each in vectors.items()]

    with as_service_errors():
        return await call.backends.engines.faces.search(
            wanted,
            Gallery(key=_key("users", collection), load=load),
            least_similarity=threshold_percent / 100,
            limit=limit,
        )


def _key(kind: str, collection: Record) -> str:
    return f"{kind}/{collection.document['uid']}/{collection.version}"


def mean(vectors: Sequence[Vector]) -> Vector:
    """Return the vector of a person of whom there are several."""
    columns: Any = zip(*(array("f", vector) for vector in vectors), strict=True)
    return array("f", (sum(column) / len(vectors) for column in columns)).tobytes()
