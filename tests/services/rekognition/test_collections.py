"""Collections: faces that are indexed are found again, also by the server that starts next."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from outcrop import LocalServer
from tests.own_clients import client_of
from tests.photographs import photograph
from tests.services.rekognition.portraits import (
    ADMIRAL,
    ASTRONAUT,
    darker,
    jpeg,
    picture,
    together,
    variant,
    without_face,
)

NO_FACE = "01234567-89ab-cdef-0123-456789abcdef"


def index(rekognition: Any, collection: str, content: bytes, **more: Any) -> list[str]:
    answer = rekognition.index_faces(CollectionId=collection, Image={"Bytes": content}, **more)
    return [record["Face"]["FaceId"] for record in answer["FaceRecords"]]


def code(caught: pytest.ExceptionInfo[ClientError]) -> str:
    return caught.value.response["Error"]["Code"]


def test_a_collection_lives_from_create_to_delete(rekognition: Any, account: str):
    made = rekognition.create_collection(CollectionId="people", Tags={"team": "blue"})
    rekognition.create_collection(CollectionId="others")

    told = rekognition.describe_collection(CollectionId="people")
    arn = f"arn:aws:rekognition:us-east-1:{account}:collection/people"
    assert (made["StatusCode"], made["CollectionArn"], made["FaceModelVersion"]) == (
        200,
        arn,
        "1.0",
    )
    assert (told["CollectionARN"], told["FaceCount"], told["UserCount"]) == (arn, 0, 0)
    listed = rekognition.list_collections()
    assert listed["CollectionIds"] == ["others", "people"]
    assert listed["FaceModelVersions"] == ["1.0", "1.0"]

    rekognition.delete_collection(CollectionId="people")

    with pytest.raises(ClientError) as caught:
        rekognition.describe_collection(CollectionId="people")
    assert caught.value.response["Error"] == {
        "Code": "ResourceNotFoundException",
        "Message": "The collection id: people does not exist",
    }


def test_collections_come_in_pages(rekognition: Any):
    for name in "abcde":
        rekognition.create_collection(CollectionId=name)

    first = rekognition.list_collections(MaxResults=3)
    second = rekognition.list_collections(MaxResults=3, NextToken=first["NextToken"])

    assert (first["CollectionIds"], second["CollectionIds"]) == (["a", "b", "c"], ["d", "e"])
    assert "NextToken" not in second
    with pytest.raises(ClientError) as caught:
        rekognition.list_collections(NextToken="nonsense")
    assert code(caught) == "InvalidPaginationTokenException"


def test_a_name_is_taken_once(rekognition: Any, collection: str):
    with pytest.raises(ClientError) as caught:
        rekognition.create_collection(CollectionId=collection)

    assert code(caught) == "ResourceAlreadyExistsException"


def test_tags_of_collections(rekognition: Any):
    arn = rekognition.create_collection(CollectionId="people", Tags={"a": "1"})["CollectionArn"]

    rekognition.tag_resource(ResourceArn=arn, Tags={"b": "2", "c": "3"})
    rekognition.untag_resource(ResourceArn=arn, TagKeys=["a", "c"])

    assert rekognition.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"b": "2"}
    with pytest.raises(ClientError) as caught:
        rekognition.list_tags_for_resource(ResourceArn=f"{arn}x")
    assert code(caught) == "ResourceNotFoundException"


def test_a_face_that_was_indexed_is_found_by_another_picture(rekognition: Any, collection: str):
    (astronaut,) = index(
        rekognition, collection, photograph(ASTRONAUT), ExternalImageId="astronaut"
    )
    index(rekognition, collection, photograph(ADMIRAL), ExternalImageId="admiral")

    answer = rekognition.search_faces_by_image(
        CollectionId=collection, Image={"Bytes": variant(ASTRONAUT, "mirrored")}
    )

    (match,) = answer["FaceMatches"]
    assert match["Similarity"] > 90
    assert match["Face"]["FaceId"] == astronaut
    assert match["Face"]["ExternalImageId"] == "astronaut"
    assert match["Face"]["IndexFacesModelVersion"] == "1.0"
    assert answer["SearchedFaceConfidence"] > 99
    assert rekognition.describe_collection(CollectionId=collection)["FaceCount"] == 2


def test_a_search_by_face_leaves_the_face_itself_out(rekognition: Any, collection: str):
    (first,) = index(rekognition, collection, photograph(ADMIRAL))
    (second,) = index(rekognition, collection, variant(ADMIRAL, "dark"))
    index(rekognition, collection, photograph(ASTRONAUT))

    answer = rekognition.search_faces(CollectionId=collection, FaceId=first)

    assert answer["SearchedFaceId"] == first
    assert [match["Face"]["FaceId"] for match in answer["FaceMatches"]] == [second]
    with pytest.raises(ClientError) as caught:
        rekognition.search_faces(CollectionId=collection, FaceId=NO_FACE)
    assert code(caught) == "InvalidParameterException"


def test_what_is_indexed_after_a_search_is_found_by_the_next(rekognition: Any, collection: str):
    def found() -> int:
        answer = rekognition.search_faces_by_image(
            CollectionId=collection, Image={"Bytes": photograph(ADMIRAL)}
        )
        return len(answer["FaceMatches"])

    before = found()
    (face,) = index(rekognition, collection, variant(ADMIRAL, "dark"))
    after = found()
    rekognition.delete_faces(CollectionId=collection, FaceIds=[face])

    assert (before, after, found()) == (0, 1, 0)


def test_max_faces_and_the_filter_leave_faces_unindexed(rekognition: Any, collection: str):
    answer = rekognition.index_faces(
        CollectionId=collection, Image={"Bytes": together(ASTRONAUT, ADMIRAL)}, MaxFaces=1
    )
    night = rekognition.index_faces(
        CollectionId=collection,
        Image={"Bytes": jpeg(darker(picture(ADMIRAL), 1 / 6))},
        QualityFilter="HIGH",
    )

    assert [each["Reasons"] for each in answer["UnindexedFaces"]] == [["EXCEEDS_MAX_FACES"]]
    assert len(answer["FaceRecords"]) == 1
    assert night["FaceRecords"] == []
    assert "LOW_BRIGHTNESS" in night["UnindexedFaces"][0]["Reasons"]


def test_faces_are_listed_in_pages_and_by_ids(rekognition: Any, collection: str):
    faces = index(rekognition, collection, together(ASTRONAUT, ADMIRAL, ASTRONAUT))

    first = rekognition.list_faces(CollectionId=collection, MaxResults=2)
    second = rekognition.list_faces(
        CollectionId=collection, MaxResults=2, NextToken=first["NextToken"]
    )
    named = rekognition.list_faces(CollectionId=collection, FaceIds=[faces[0], NO_FACE])

    listed = [face["FaceId"] for face in first["Faces"] + second["Faces"]]
    assert listed == sorted(faces)
    assert [face["FaceId"] for face in named["Faces"]] == [faces[0]]


def test_faces_that_are_not_there_cannot_be_deleted(rekognition: Any, collection: str):
    (face,) = index(rekognition, collection, photograph(ADMIRAL))

    answer = rekognition.delete_faces(CollectionId=collection, FaceIds=[face, NO_FACE])

    assert answer["DeletedFaces"] == [face]
    assert answer["UnsuccessfulFaceDeletions"] == [
        {"FaceId": NO_FACE, "Reasons": ["FACE_NOT_FOUND"]}
    ]
    assert rekognition.describe_collection(CollectionId=collection)["FaceCount"] == 0


def test_a_picture_without_a_face_indexes_none_and_finds_none(rekognition: Any, collection: str):
    assert index(rekognition, collection, without_face()) == []

    with pytest.raises(ClientError) as caught:
        rekognition.search_faces_by_image(CollectionId=collection, Image={"Bytes": without_face()})

    assert caught.value.response["Error"] == {
        "Code": "InvalidParameterException",
        "Message": "There are no faces in the image. Should be at least 1.",
    }


def test_the_faces_of_a_deleted_collection_are_gone(rekognition: Any, collection: str):
    index(rekognition, collection, photograph(ADMIRAL))
    rekognition.delete_collection(CollectionId=collection)
    rekognition.create_collection(CollectionId=collection)

    assert rekognition.list_faces(CollectionId=collection)["Faces"] == []


def test_users_have_the_faces_of_one_person(rekognition: Any, collection: str):
    admiral = index(rekognition, collection, photograph(ADMIRAL))
    admiral += index(rekognition, collection, variant(ADMIRAL, "dark"))
    (astronaut,) = index(rekognition, collection, photograph(ASTRONAUT))
    for user in ("grace", "eileen"):
        rekognition.create_user(CollectionId=collection, UserId=user)

    answer = rekognition.associate_faces(
        CollectionId=collection, UserId="grace", FaceIds=[*admiral, astronaut, NO_FACE]
    )
    rekognition.associate_faces(CollectionId=collection, UserId="eileen", FaceIds=[astronaut])

    assert [face["FaceId"] for face in answer["AssociatedFaces"]] == admiral
    assert answer["UserStatus"] == "ACTIVE"
    low, missing = answer["UnsuccessfulFaceAssociations"]
    assert (low["FaceId"], low["Reasons"]) == (astronaut, ["LOW_MATCH_CONFIDENCE"])
    assert low["Confidence"] < 20
    assert missing == {"FaceId": NO_FACE, "Reasons": ["FACE_NOT_FOUND"]}
    of_grace = rekognition.list_faces(CollectionId=collection, UserId="grace")["Faces"]
    assert sorted(face["FaceId"] for face in of_grace) == sorted(admiral)
    assert rekognition.describe_collection(CollectionId=collection)["UserCount"] == 2

    by_image = rekognition.search_users_by_image(
        CollectionId=collection, Image={"Bytes": variant(ADMIRAL, "mirrored")}
    )
    by_face = rekognition.search_users(CollectionId=collection, FaceId=astronaut)
    by_user = rekognition.search_users(CollectionId=collection, UserId="grace")

    (match,) = by_image["UserMatches"]
    assert match["User"] == {"UserId": "grace", "UserStatus": "ACTIVE"}
    assert match["Similarity"] > 90
    assert [each["User"]["UserId"] for each in by_face["UserMatches"]] == ["eileen"]
    assert by_user["UserMatches"] == []
    assert by_user["SearchedUser"] == {"UserId": "grace"}


def test_a_face_of_a_user_is_not_deleted_before_it_is_freed(rekognition: Any, collection: str):
    (face,) = index(rekognition, collection, photograph(ADMIRAL))
    for user in ("grace", "other"):
        rekognition.create_user(CollectionId=collection, UserId=user)
    rekognition.associate_faces(CollectionId=collection, UserId="grace", FaceIds=[face])
    given = {"CollectionId": collection, "FaceIds": [face]}

    kept = rekognition.delete_faces(**given)
    not_hers = rekognition.disassociate_faces(UserId="other", **given)
    freed = rekognition.disassociate_faces(UserId="grace", **given)
    gone = rekognition.delete_faces(**given)

    assert kept["UnsuccessfulFaceDeletions"] == [
        {"FaceId": face, "UserId": "grace", "Reasons": ["ASSOCIATED_TO_AN_EXISTING_USER"]}
    ]
    assert not_hers["UnsuccessfulFaceDisassociations"] == [
        {"FaceId": face, "UserId": "grace", "Reasons": ["ASSOCIATED_TO_A_DIFFERENT_USER"]}
    ]
    assert (freed["DisassociatedFaces"], freed["UserStatus"]) == ([{"FaceId": face}], "CREATED")
    assert gone["DeletedFaces"] == [face]


def test_users_are_created_once_unless_the_token_is_the_same(rekognition: Any, collection: str):
    given = {"CollectionId": collection, "UserId": "grace"}
    rekognition.create_user(ClientRequestToken="one", **given)
    rekognition.create_user(ClientRequestToken="one", **given)

    with pytest.raises(ClientError) as caught:
        rekognition.create_user(ClientRequestToken="two", **given)

    assert code(caught) == "ConflictException"
    assert rekognition.list_users(CollectionId=collection)["Users"] == [
        {"UserId": "grace", "UserStatus": "CREATED"}
    ]


def test_a_deleted_user_leaves_its_faces(rekognition: Any, collection: str):
    (face,) = index(rekognition, collection, photograph(ADMIRAL))
    rekognition.create_user(CollectionId=collection, UserId="grace")
    rekognition.associate_faces(CollectionId=collection, UserId="grace", FaceIds=[face])

    rekognition.delete_user(CollectionId=collection, UserId="grace")

    (left,) = rekognition.list_faces(CollectionId=collection)["Faces"]
    assert left["FaceId"] == face
    assert "UserId" not in left
    assert rekognition.list_users(CollectionId=collection)["Users"] == []
    with pytest.raises(ClientError) as caught:
        rekognition.list_faces(CollectionId=collection, UserId="grace")
    assert code(caught) == "ResourceNotFoundException"


def test_faces_outlive_a_server_that_is_killed(vision_weights: None, tmp_path: Path):
    server = LocalServer(tmp_path)
    with server.running():
        before = client_of(server, "rekognition")
        before.create_collection(CollectionId="people")
        (face,) = index(before, "people", photograph(ADMIRAL))
        server.kill()
    with server.running():
        answer = client_of(server, "rekognition").search_faces_by_image(
            CollectionId="people", Image={"Bytes": variant(ADMIRAL, "dark")}
        )

    assert [match["Face"]["FaceId"] for match in answer["FaceMatches"]] == [face]


def test_other_accounts_and_regions_see_no_collection(
    rekognition: Any, collection: str, client: Callable[..., Any]
):
    elsewhere = client("rekognition", region_name="eu-west-3")

    assert elsewhere.list_collections()["CollectionIds"] == []
    assert rekognition.list_collections()["CollectionIds"] == [collection]
