"""Jobs over a film that the test makes: a second of a cat, then a second of an astronaut."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
from botocore.exceptions import ClientError

from tests.photographs import photograph


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder: Path = tmp_path_factory.mktemp("film")
    given: list[str] = []
    for name in ("chelsea.png", "astronaut.png"):
        (folder / name).write_bytes(photograph(name))
        given += ["-loop", "1", "-t", "1", "-i", str(folder / name)]
    same = "scale=320:320,setsar=1"
    joined = f"[0:v]{same}[a];[1:v]{same}[b];[a][b]concat=n=2:v=1[v]"
    made = ["-filter_complex", joined, "-map", "[v]", "-r", "10", "-pix_fmt", "yuv420p"]
    target = folder / "film.mp4"
    program = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([program, "-loglevel", "error", *given, *made, target], check=True)
    return target.read_bytes()


@pytest.fixture
def video(film: bytes, client: Callable[..., Any], account: str) -> dict[str, Any]:
    s3, bucket = client("s3"), f"films-{account}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="film.mp4", Body=film)
    s3.put_object(Bucket=bucket, Key="text.mp4", Body=b"no film at all")
    return {"S3Object": {"Bucket": bucket, "Name": "film.mp4"}}


def another(video: dict[str, Any], name: str) -> dict[str, Any]:
    return {"S3Object": {**video["S3Object"], "Name": name}}


def ended(get: Callable[..., Any], job: str, **more: Any) -> Any:
    """Ask until a job has ended, as programs do."""
    deadline = time.monotonic() + 120
    while (answer := get(JobId=job, **more))["JobStatus"] == "IN_PROGRESS":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return answer


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
    assert metadata["FrameRate"] == 10.0
    assert 1900 <= metadata["DurationMillis"] <= 2300
    assert (answer["JobId"], answer["JobTag"], answer["Video"]) == (job, "cats", video)

    segments = rekognition.get_label_detection(JobId=job, AggregateBy="SEGMENTS", SortBy="NAME")
    (cat,) = [each for each in segments["Labels"] if each["Label"]["Name"] == "Cat"]
    assert (cat["StartTimestampMillis"], cat["EndTimestampMillis"]) == (0, 500)
    assert cat["DurationMillis"] == 500
    names = [each["Label"]["Name"] for each in segments["Labels"]]
    assert names == sorted(names)
    assert segments["GetRequestMetadata"] == {"SortBy": "NAME", "AggregateBy": "SEGMENTS"}

    first = rekognition.get_label_detection(JobId=job, MaxResults=1)
    second = rekognition.get_label_detection(JobId=job, NextToken=first["NextToken"])
    assert first["Labels"] + second["Labels"] == answer["Labels"]


def test_faces_text_and_moderation_are_told_by_time(rekognition: Any, video: dict[str, Any]):
    faces = rekognition.start_face_detection(Video=video, FaceAttributes="ALL")["JobId"]
    text = rekognition.start_text_detection(Video=video)["JobId"]
    moderation = rekognition.start_content_moderation(Video=video, MinConfidence=0)["JobId"]

    seen = ended(rekognition.get_face_detection, faces)["Faces"]
    assert [each["Timestamp"] for each in seen] == [1000, 1500]
    assert len(seen[0]["Face"]["Landmarks"]) == 28
    assert ended(rekognition.get_text_detection, text)["JobStatus"] == "SUCCEEDED"
    judged = ended(rekognition.get_content_moderation, moderation)["ModerationLabels"]
    explicit = [each for each in judged if each["ModerationLabel"]["Name"] == "Explicit"]
    assert [each["Timestamp"] for each in explicit] == [0, 500, 1000, 1500]


def test_what_is_no_film_fails_with_a_reason(rekognition: Any, video: dict[str, Any]):
    job = rekognition.start_label_detection(Video=another(video, "text.mp4"))["JobId"]

    answer = ended(rekognition.get_label_detection, job)

    assert answer["JobStatus"] == "FAILED"
    assert answer["StatusMessage"] == "It is no film in an MP4 or QuickTime file."
    assert "Labels" not in answer


def test_a_token_begins_one_job(rekognition: Any, video: dict[str, Any]):
    given = {"Video": video, "ClientRequestToken": "once"}
    first = rekognition.start_face_detection(**given)["JobId"]
    again = rekognition.start_face_detection(**given)["JobId"]

    assert first == again
    with pytest.raises(ClientError) as caught:
        rekognition.start_face_detection(FaceAttributes="ALL", **given)
    assert caught.value.response["Error"]["Code"] == "IdempotentParameterMismatchException"


def test_what_is_not_there_is_named(rekognition: Any, video: dict[str, Any]):
    with pytest.raises(ClientError) as no_film:
        rekognition.start_label_detection(Video=another(video, "other.mp4"))
    with pytest.raises(ClientError) as no_job:
        rekognition.get_label_detection(JobId="0" * 64)

    assert no_film.value.response["Error"]["Code"] == "InvalidS3ObjectException"
    assert no_job.value.response["Error"]["Code"] == "ResourceNotFoundException"
