"""Persons of films: searched for in collections, and recognised by the gallery."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.films import film
from tests.photographs import photograph
from tests.services.rekognition.portraits import ADMIRAL, ASTRONAUT, together, variant
from tests.services.rekognition.video_jobs import PutVideo, ended

PAGE = "https://en.wikipedia.org/wiki/Grace_Hopper"


@pytest.fixture(scope="module")
def meeting() -> bytes:
    """Both side by side for a second, then a cup, then each alone, the one in a mirror."""
    return film(
        together(ASTRONAUT, ADMIRAL),
        photograph("coffee.png"),
        variant(ADMIRAL, "mirrored"),
        photograph(ASTRONAUT),
        width=640,
    )


def index(rekognition: Any, collection: str, name: str, external: str) -> str:
    answer = rekognition.index_faces(
        CollectionId=collection, Image={"Bytes": photograph(name)}, ExternalImageId=external
    )
    return answer["FaceRecords"][0]["Face"]["FaceId"]


def test_persons_keep_their_numbers_and_match_the_collection(
    rekognition: Any, collection: str, put_video: PutVideo, meeting: bytes
):
    face = index(rekognition, collection, ADMIRAL, "admiral")
    video = put_video("meeting.mov", meeting)
    job = rekognition.start_face_search(Video=video, CollectionId=collection)["JobId"]

    answer = ended(rekognition.get_face_search, job)

    assert answer["JobStatus"] == "SUCCEEDED"
    assert answer["VideoMetadata"]["Codec"] == "h264"
    seen = {
        (each["Timestamp"], each["Person"]["Index"]): each.get("FaceMatches")
        for each in answer["Persons"]
    }
    found = {place for place, matches in seen.items() if matches}
    admiral = next(iter(found))[1]
    assert found == {(0, admiral), (500, admiral), (2000, admiral), (2500, admiral)}
    assert seen.keys() - found == {(at, 1 - admiral) for at in (0, 500, 3000, 3500)}
    (match,) = seen[0, admiral]
    assert (match["Face"]["FaceId"], match["Face"]["ExternalImageId"]) == (face, "admiral")
    assert match["Similarity"] > 90
    person = answer["Persons"][0]["Person"]
    assert person["Face"].keys() == {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"}

    sorted_ones = rekognition.get_face_search(JobId=job, SortBy="INDEX", MaxResults=4)
    rest = rekognition.get_face_search(
        JobId=job, SortBy="INDEX", NextToken=sorted_ones["NextToken"]
    )
    assert [each["Person"]["Index"] for each in sorted_ones["Persons"]] == [0] * 4
    assert [each["Person"]["Index"] for each in rest["Persons"]] == [1] * 4


def test_the_threshold_decides_who_matches(rekognition: Any, collection: str, put_video: PutVideo):
    index(rekognition, collection, ADMIRAL, "admiral")
    video = put_video("astronaut.mp4", film(photograph(ASTRONAUT)))

    def matches(**more: Any) -> list[bool]:
        job = rekognition.start_face_search(Video=video, CollectionId=collection, **more)["JobId"]
        answer = ended(rekognition.get_face_search, job)
        return ["FaceMatches" in each for each in answer["Persons"]]

    assert matches() == [False, False]
    assert matches(FaceMatchThreshold=0) == [True, True]


def test_a_collection_that_is_not_there_is_named(rekognition: Any, put_video: PutVideo):
    video = put_video("astronaut.mp4", b"nobody looks at it")

    with pytest.raises(ClientError) as caught:
        rekognition.start_face_search(Video=video, CollectionId="nobody")

    assert caught.value.response["Error"] == {
        "Code": "ResourceNotFoundException",
        "Message": "The collection id: nobody does not exist",
    }


def test_celebrities_are_those_of_the_gallery(
    rekognition: Any, put_video: PutVideo, meeting: bytes
):
    rekognition.create_collection(CollectionId="celebrities", Tags={"Grace_Hopper": PAGE})
    index(rekognition, "celebrities", ADMIRAL, "Grace_Hopper")
    index(rekognition, "celebrities", ASTRONAUT, "Eileen_Collins")
    job = rekognition.start_celebrity_recognition(
        Video=put_video("meeting.mp4", meeting), JobTag="stars"
    )["JobId"]

    answer = ended(rekognition.get_celebrity_recognition, job)

    assert (answer["JobStatus"], answer["JobTag"]) == ("SUCCEEDED", "stars")
    seen = {(each["Timestamp"], each["Celebrity"]["Name"]) for each in answer["Celebrities"]}
    assert seen == {
        *((at, "Grace Hopper") for at in (0, 500, 2000, 2500)),
        *((at, "Eileen Collins") for at in (0, 500, 3000, 3500)),
    }
    (admiral,) = {
        each["Celebrity"]["Id"]
        for each in answer["Celebrities"]
        if each["Celebrity"]["Urls"] == [PAGE]
    }
    assert rekognition.get_celebrity_info(Id=admiral)["Name"] == "Grace Hopper"
    assert all(each["Celebrity"]["Confidence"] >= 80 for each in answer["Celebrities"])

    by_id = rekognition.get_celebrity_recognition(JobId=job, SortBy="ID")["Celebrities"]
    ids = [each["Celebrity"]["Id"] for each in by_id]
    assert ids == sorted(ids)


def test_nobody_of_a_film_is_famous_without_a_gallery(rekognition: Any, put_video: PutVideo):
    video = put_video("astronaut.mp4", film(photograph(ASTRONAUT)))
    job = rekognition.start_celebrity_recognition(Video=video)["JobId"]

    answer = ended(rekognition.get_celebrity_recognition, job)

    assert (answer["JobStatus"], answer["Celebrities"]) == ("SUCCEEDED", [])
