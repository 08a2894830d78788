"""Jobs over a film that the test makes: a second of a cat, then a second of an astronaut."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.films import film
from tests.photographs import photograph
from tests.services.rekognition.video_jobs import PutVideo, ended


@pytest.fixture(scope="module")
def cat_and_astronaut() -> bytes:
    return film(photograph("chelsea.png"), photograph("astronaut.png"))


@pytest.fixture
def video(cat_and_astronaut: bytes, put_video: PutVideo) -> dict[str, Any]:
    return put_video("film.mp4", cat_and_astronaut)


def test_labels_are_told_when_they_are_seen(rekognition: Any, video: dict[str, Any]):
    job = rekognition.start_label_detection(Video=video, JobTag="cats")["JobId"]

    answer = ended(rekognition.get_label_detection, job)

    assert answer["JobStatus"] == "SUCCEEDED"
    cats = [each["Timestamp"] for each in answer["Labels"] if each["Label"]["Name"] == "Cat"]
    assert cats == [0, 500]
    metadata = answer["VideoMetadata"]
    assert (metadata["Codec"], metadata["FrameWidth"], metadata["FrameHeight"]) == (
        "h264",
        320,
        320,
    )
    assert (metadata["Format"], metadata["FrameRate"]) == ("QuickTime / MOV", 10.0)
    assert 1900 <= metadata["DurationMillis"] <= 2300
    assert (answer["JobId"], answer["JobTag"], answer["Video"]) == (job, "cats", video)

    segments = rekognition.get_label_detection(JobId=job, AggregateBy="SEGMENTS", SortBy="NAME")
    (cat,) = [each for each in segments["Labels"] if each["Label"]["Name"] == "Cat"]
    assert (cat["StartTimestampMillis"], cat["EndTimestampMillis"]) == (0, 500)
    assert cat["DurationMillis"] == 500
    names = [each["Label"]["Name"] for each in segments["Labels"]]
    assert names == sorted(names)
    assert segments["GetRequestMetadata"] == {"SortBy": "NAME", "AggregateBy": "SEGMENTS"}

    by_name = rekognition.get_label_detection(JobId=job, SortBy="NAME")["Labels"]
    orders = [(each["Label"]["Name"], -each["Label"]["Confidence"]) for each in by_name]
    assert orders == sorted(orders)

    first = rekognition.get_label_detection(JobId=job, MaxResults=1)
    second = rekognition.get_label_detection(JobId=job, NextToken=first["NextToken"])
    assert first["Labels"] + second["Labels"] == answer["Labels"]


def test_an_avi_file_is_a_film(rekognition: Any, put_video: PutVideo):
    video = put_video("film.avi", film(photograph("astronaut.png"), suffix="avi"))

    job = rekognition.start_face_detection(Video=video)["JobId"]
    answer = ended(rekognition.get_face_detection, job)

    assert [each["Timestamp"] for each in answer["Faces"]] == [0, 500]
    assert answer["VideoMetadata"]["Format"] == "AVI"
    assert answer["VideoMetadata"]["Codec"] == "mpeg4"


def test_faces_text_and_moderation_are_told_by_time(rekognition: Any, video: dict[str, Any]):
    faces = rekognition.start_face_detection(Video=video, FaceAttributes="ALL")["JobId"]
    text = rekognition.start_text_detection(Video=video)["JobId"]
    moderation = rekognition.start_content_moderation(Video=video, MinConfidence=0)["JobId"]

    seen = ended(rekognition.get_face_detection, faces)["Faces"]
    assert [each["Timestamp"] for each in seen] == [1000, 1500]
    assert len(seen[0]["Face"]["Landmarks"]) == 30
    assert ended(rekognition.get_text_detection, text)["JobStatus"] == "SUCCEEDED"
    judged = ended(rekognition.get_content_moderation, moderation)["ModerationLabels"]
    explicit = [each for each in judged if each["ModerationLabel"]["Name"] == "Explicit"]
    assert [each["Timestamp"] for each in explicit] == [0, 500, 1000, 1500]


def test_what_is_no_film_fails_with_a_reason(rekognition: Any, put_video: PutVideo):
    job = rekognition.start_label_detection(Video=put_video("text.mp4", b"no film"))["JobId"]

    answer = ended(rekognition.get_label_detection, job)

    assert answer["JobStatus"] == "FAILED"
    assert answer["StatusMessage"] == "It is no film in an MP4, QuickTime or AVI file."
    assert "Labels" not in answer


def test_a_token_begins_one_job(rekognition: Any, video: dict[str, Any]):
    given = {"Video": video, "ClientRequestToken": "once"}
    first = rekognition.start_face_detection(**given)["JobId"]
    again = rekognition.start_face_detection(**given)["JobId"]

    assert first == again
    with pytest.raises(ClientError) as caught:
        rekognition.start_face_detection(FaceAttributes="ALL", **given)
    assert caught.value.response["Error"]["Code"] == "IdempotentParameterMismatchException"


@pytest.mark.parametrize("video", [{}, {"S3Object": {"Bucket": "films"}}])
def test_a_video_has_a_place(rekognition: Any, video: dict[str, Any]):
    with pytest.raises(ClientError) as caught:
        rekognition.start_text_detection(Video=video)

    assert caught.value.response["Error"] == {
        "Code": "InvalidParameterException",
        "Message": "Request has invalid parameters",
    }


def test_a_job_is_told_by_its_own_operation(rekognition: Any, video: dict[str, Any]):
    job = rekognition.start_segment_detection(Video=video, SegmentTypes=["SHOT"])["JobId"]

    with pytest.raises(ClientError) as caught:
        rekognition.get_face_search(JobId=job)

    assert ended(rekognition.get_segment_detection, job)["JobStatus"] == "SUCCEEDED"
    assert caught.value.response["Error"] == {
        "Code": "ResourceNotFoundException",
        "Message": "Could not find JobId",
    }


def test_what_is_not_there_is_named(rekognition: Any, video: dict[str, Any]):
    another = {"S3Object": {**video["S3Object"], "Name": "other.mp4"}}
    with pytest.raises(ClientError) as no_film:
        rekognition.start_label_detection(Video=another)
    with pytest.raises(ClientError) as no_job:
        rekognition.get_label_detection(JobId="0" * 64)

    assert no_film.value.response["Error"]["Code"] == "InvalidS3ObjectException"
    assert no_job.value.response["Error"]["Code"] == "ResourceNotFoundException"
