"""RecognizeCelebrities, from the gallery of the account."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.photographs import photograph
from tests.services.rekognition.portraits import ADMIRAL, ASTRONAUT, crowd, together, variant

PAGE = "https://en.wikipedia.org/wiki/Grace_Hopper"


@pytest.fixture
def gallery(rekognition: Any) -> None:
    rekognition.create_collection(CollectionId="celebrities", Tags={"Grace_Hopper": PAGE})
    rekognition.index_faces(
        CollectionId="celebrities",
        Image={"Bytes": photograph(ADMIRAL)},
        ExternalImageId="Grace_Hopper",
    )


def test_nobody_is_famous_in_an_empty_account(rekognition: Any):
    answer = rekognition.recognize_celebrities(Image={"Bytes": photograph(ADMIRAL)})

    assert answer["CelebrityFaces"] == []
    assert len(answer["UnrecognizedFaces"]) == 1


def test_who_is_in_the_gallery_is_recognised_among_others(rekognition: Any, gallery: None):
    answer = rekognition.recognize_celebrities(Image={"Bytes": together(ASTRONAUT, ADMIRAL)})

    (celebrity,), (other,) = answer["CelebrityFaces"], answer["UnrecognizedFaces"]
    assert (celebrity["Name"], celebrity["Urls"]) == ("Grace Hopper", [PAGE])
    assert celebrity["MatchConfidence"] > 90
    assert celebrity["Face"]["BoundingBox"]["Left"] > other["BoundingBox"]["Left"]


def test_the_64_largest_faces_of_a_crowd_are_told(rekognition: Any):
    answer = rekognition.recognize_celebrities(Image={"Bytes": crowd(9, 8)})

    assert len(answer["UnrecognizedFaces"]) == 64


def test_an_id_leads_to_the_name(rekognition: Any, gallery: None):
    (celebrity,) = rekognition.recognize_celebrities(Image={"Bytes": variant(ADMIRAL, "mirrored")})[
        "CelebrityFaces"
    ]

    told = rekognition.get_celebrity_info(Id=celebrity["Id"])

    assert (told["Name"], told["Urls"]) == ("Grace Hopper", [PAGE])
    with pytest.raises(ClientError) as caught:
        rekognition.get_celebrity_info(Id="nobody")
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"
