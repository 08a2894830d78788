"""Images, associations and tokens that come twice; images without a face that can be searched."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.photographs import photograph
from tests.services.rekognition.portraits import ADMIRAL, ASTRONAUT, together, variant, without_face


def index(rekognition: Any, collection: str, content: bytes, **more: Any) -> list[Any]:
    answer = rekognition.index_faces(CollectionId=collection, Image={"Bytes": content}, **more)
    return [record["Face"] for record in answer["FaceRecords"]]


def test_an_image_that_is_indexed_again_adds_no_face(rekognition: Any, collection: str):
    both = together(ASTRONAUT, ADMIRAL)

    (first,) = index(rekognition, collection, both, ExternalImageId="both", MaxFaces=1)
    again = index(rekognition, collection, both, ExternalImageId="both")
    (other,) = index(rekognition, collection, both, ExternalImageId="other", MaxFaces=1)

    assert [face["FaceId"] == first["FaceId"] for face in again] == [True, False]
    assert {face["ImageId"] for face in (first, other, *again)} == {first["ImageId"]}
    assert other["FaceId"] not in {face["FaceId"] for face in again}
    assert rekognition.describe_collection(CollectionId=collection)["FaceCount"] == 3


def test_a_face_of_a_user_is_known_when_its_image_comes_again(rekognition: Any, collection: str):
    (face,) = index(rekognition, collection, photograph(ADMIRAL))
    rekognition.create_user(CollectionId=collection, UserId="grace")
    rekognition.associate_faces(CollectionId=collection, UserId="grace", FaceIds=[face["FaceId"]])

    (again,) = index(rekognition, collection, photograph(ADMIRAL))

    assert (again["FaceId"], again["UserId"]) == (face["FaceId"], "grace")


def test_a_face_is_associated_once_and_freed_once(rekognition: Any, collection: str):
    (first,) = index(rekognition, collection, photograph(ADMIRAL))
    (second,) = index(rekognition, collection, variant(ADMIRAL, "dark"))
    rekognition.create_user(CollectionId=collection, UserId="grace")
    of_grace = {"CollectionId": collection, "UserId": "grace"}
    faces = [first["FaceId"], second["FaceId"]]

    rekognition.associate_faces(FaceIds=faces[:1], **of_grace)
    more = rekognition.associate_faces(FaceIds=faces, **of_grace)
    rekognition.disassociate_faces(FaceIds=faces[:1], **of_grace)
    less = rekognition.disassociate_faces(FaceIds=faces, **of_grace)

    # Faces that were the user's already, or are nobody's, are not told.
    assert more["AssociatedFaces"] == [{"FaceId": faces[1]}]
    assert less["DisassociatedFaces"] == [{"FaceId": faces[1]}]
    assert more["UnsuccessfulFaceAssociations"] == []
    assert less["UnsuccessfulFaceDisassociations"] == []


def test_a_token_is_answered_as_it_was(rekognition: Any, collection: str):
    (face,) = index(rekognition, collection, photograph(ADMIRAL))
    rekognition.create_user(CollectionId=collection, UserId="grace")
    asked = {"CollectionId": collection, "UserId": "grace", "FaceIds": [face["FaceId"]]}

    first = rekognition.associate_faces(ClientRequestToken="one", **asked)
    again = rekognition.associate_faces(ClientRequestToken="one", **asked)
    with pytest.raises(ClientError) as caught:
        rekognition.disassociate_faces(ClientRequestToken="one", **asked)
    freed = rekognition.disassociate_faces(ClientRequestToken="two", **asked)
    again_freed = rekognition.disassociate_faces(ClientRequestToken="two", **asked)

    assert first["AssociatedFaces"] == again["AssociatedFaces"] == [{"FaceId": face["FaceId"]}]
    assert caught.value.response["Error"]["Code"] == "IdempotentParameterMismatchException"
    assert freed["DisassociatedFaces"] == again_freed["DisassociatedFaces"]
    assert len(freed["DisassociatedFaces"]) == 1


def test_an_image_without_a_face_finds_no_user(rekognition: Any, collection: str):
    answer = rekognition.search_users_by_image(
        CollectionId=collection, Image={"Bytes": without_face()}
    )

    assert (answer["UserMatches"], answer["UnsearchedFaces"]) == ([], [])
    assert "SearchedFace" not in answer
