"""DetectFaces and CompareFaces on portraits."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.photographs import photograph
from tests.services.rekognition.portraits import (
    ADMIRAL,
    ASTRONAUT,
    VARIANTS,
    jpeg,
    picture,
    together,
    variant,
    with_closed_eyes,
    without_face,
)


def test_a_portrait_has_one_face_where_it_is(rekognition: Any):
    answer = rekognition.detect_faces(Image={"Bytes": photograph(ASTRONAUT)})

    (face,) = answer["FaceDetails"]
    box = face["BoundingBox"]
    # Of a picture of 512 by 512 pixels, where the head is left of the middle, near the top.
    assert box["Left"] == pytest.approx(0.35, abs=0.03)
    assert box["Top"] == pytest.approx(0.14, abs=0.04)
    assert box["Width"] == pytest.approx(0.19, abs=0.04)
    assert face["Confidence"] > 99
    places = {mark["Type"]: (mark["X"], mark["Y"]) for mark in face["Landmarks"]}
    assert list(places) == ["eyeLeft", "eyeRight", "mouthLeft", "mouthRight", "nose"]
    assert places["eyeLeft"][0] < places["nose"][0] < places["eyeRight"][0]
    assert places["eyeLeft"][1] < places["nose"][1] < places["mouthLeft"][1]
    assert face.keys() == {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"}


def test_every_attribute_that_can_be_known_comes_when_all_are_asked_for(rekognition: Any):
    (face,) = rekognition.detect_faces(Image={"Bytes": photograph(ADMIRAL)}, Attributes=["ALL"])[
        "FaceDetails"
    ]

    types = [mark["Type"] for mark in face["Landmarks"]]
    assert len(types) == len(set(types)) == 30
    assert {"leftEyeBrowUp", "rightEyeDown", "noseLeft", "mouthUp", "chinBottom"} <= set(types)
    assert face["MouthOpen"]["Value"] is False
    assert face["MouthOpen"]["Confidence"] > 80
    assert face["EyesOpen"]["Value"] is True  # behind glasses
    assert face.keys() == {
        *("BoundingBox", "Confidence", "Landmarks", "Pose", "Quality", "MouthOpen", "EyesOpen"),
        *("AgeRange", "Gender"),
    }


def test_ages_and_genders_are_told_when_they_are_asked_for(rekognition: Any):
    def look(name: str, *attributes: str) -> Any:
        (face,) = rekognition.detect_faces(
            Image={"Bytes": photograph(name)}, Attributes=[*attributes]
        )["FaceDetails"]
        return face

    astronaut, admiral = look(ASTRONAUT, "GENDER", "AGE_RANGE"), look(ADMIRAL, "AGE_RANGE")

    assert admiral["AgeRange"]["Low"] <= 77 <= admiral["AgeRange"]["High"]  # Her age in 1984.
    assert astronaut["AgeRange"]["High"] < admiral["AgeRange"]["Low"]
    assert astronaut["Gender"]["Value"] == "Female"
    assert astronaut["Gender"]["Confidence"] > 95
    assert "Gender" not in admiral
    assert "EyesOpen" not in astronaut


def test_a_smile_with_teeth_is_an_open_mouth(rekognition: Any):
    (face,) = rekognition.detect_faces(
        Image={"Bytes": photograph(ASTRONAUT)}, Attributes=["MOUTH_OPEN"]
    )["FaceDetails"]

    assert face["MouthOpen"]["Value"] is True
    assert len(face["Landmarks"]) == 5


def places(face: Any) -> dict[str, tuple[float, float]]:
    return {mark["Type"]: (mark["X"], mark["Y"]) for mark in face["Landmarks"]}


@pytest.mark.parametrize("name", [ASTRONAUT, ADMIRAL])
def test_open_eyes_are_told_from_closed_ones(rekognition: Any, name: str):
    def look(content: bytes, *attributes: str) -> Any:
        (face,) = rekognition.detect_faces(Image={"Bytes": content}, Attributes=[*attributes])[
            "FaceDetails"
        ]
        return face

    whole = look(photograph(name), "ALL")
    shut = look(with_closed_eyes(picture(name), places(whole)), "EYES_OPEN")

    assert whole["EyesOpen"]["Value"] is True
    assert shut["EyesOpen"]["Value"] is False
    assert min(whole["EyesOpen"]["Confidence"], shut["EyesOpen"]["Confidence"]) > 85
    assert len(shut["Landmarks"]) == 5
    assert "MouthOpen" not in shut


def test_pupils_lie_between_the_corners_of_the_eyes(rekognition: Any):
    (face,) = rekognition.detect_faces(Image={"Bytes": photograph(ASTRONAUT)}, Attributes=["ALL"])[
        "FaceDetails"
    ]

    found = places(face)
    # Of a picture of 512 by 512 pixels: where her pupils were seen to be.
    assert found["leftPupil"] == pytest.approx((0.398, 0.197), abs=0.004)
    assert found["leftEyeLeft"][0] < found["leftPupil"][0] < found["leftEyeRight"][0]
    assert found["rightEyeLeft"][0] < found["rightPupil"][0] < found["rightEyeRight"][0]


def test_a_picture_that_is_turned_turns_the_head(rekognition: Any):
    clockwise = jpeg(picture(ASTRONAUT).rotate(-25))

    (face,) = rekognition.detect_faces(Image={"Bytes": clockwise})["FaceDetails"]
    (upright,) = rekognition.detect_faces(Image={"Bytes": photograph(ASTRONAUT)})["FaceDetails"]

    assert face["Pose"]["Roll"] - upright["Pose"]["Roll"] == pytest.approx(25, abs=5)


def test_a_mirror_turns_the_head_the_other_way(rekognition: Any):
    (face,) = rekognition.detect_faces(Image={"Bytes": photograph(ADMIRAL)})["FaceDetails"]
    (other,) = rekognition.detect_faces(Image={"Bytes": variant(ADMIRAL, "mirrored")})[
        "FaceDetails"
    ]

    assert other["Pose"]["Yaw"] == pytest.approx(-face["Pose"]["Yaw"], abs=5)
    assert other["Pose"]["Pitch"] == pytest.approx(face["Pose"]["Pitch"], abs=5)


def test_a_darker_picture_has_a_darker_face(rekognition: Any):
    (face,) = rekognition.detect_faces(Image={"Bytes": photograph(ASTRONAUT)})["FaceDetails"]
    (dark,) = rekognition.detect_faces(Image={"Bytes": variant(ASTRONAUT, "dark")})["FaceDetails"]

    assert dark["Quality"]["Brightness"] < 0.6 * face["Quality"]["Brightness"]


def test_the_largest_face_comes_first(rekognition: Any):
    faces = rekognition.detect_faces(Image={"Bytes": together(ASTRONAUT, ADMIRAL)})["FaceDetails"]

    assert [face["BoundingBox"]["Left"] > 0.5 for face in faces] == [True, False]


@pytest.mark.parametrize("name", ["chelsea.png", "coffee.png", "rocket.jpg"])
def test_what_is_no_face_is_none(rekognition: Any, name: str):
    assert rekognition.detect_faces(Image={"Bytes": photograph(name)})["FaceDetails"] == []


@pytest.mark.parametrize("kind", VARIANTS)
@pytest.mark.parametrize("name", [ASTRONAUT, ADMIRAL])
def test_a_face_is_known_again(rekognition: Any, name: str, kind: str):
    answer = rekognition.compare_faces(
        SourceImage={"Bytes": photograph(name)}, TargetImage={"Bytes": variant(name, kind)}
    )

    (match,) = answer["FaceMatches"]
    assert match["Similarity"] > 90
    assert answer["UnmatchedFaces"] == []


def test_two_persons_are_two(rekognition: Any):
    answer = rekognition.compare_faces(
        SourceImage={"Bytes": photograph(ASTRONAUT)},
        TargetImage={"Bytes": together(ADMIRAL, ASTRONAUT)},
    )

    (match,), (other,) = answer["FaceMatches"], answer["UnmatchedFaces"]
    assert match["Face"]["BoundingBox"]["Left"] > 0.4 > other["BoundingBox"]["Left"]
    assert answer["SourceImageFace"]["Confidence"] > 99


def test_the_threshold_decides_what_is_a_match(rekognition: Any):
    answer = rekognition.compare_faces(
        SourceImage={"Bytes": photograph(ASTRONAUT)},
        TargetImage={"Bytes": photograph(ADMIRAL)},
        SimilarityThreshold=0,
    )

    (match,) = answer["FaceMatches"]
    assert match["Similarity"] < 20


@pytest.mark.parametrize("empty", ["SourceImage", "TargetImage"])
def test_images_without_faces_cannot_be_compared(rekognition: Any, empty: str):
    images = {name: {"Bytes": photograph(ADMIRAL)} for name in ("SourceImage", "TargetImage")}

    with pytest.raises(ClientError) as caught:
        rekognition.compare_faces(**{**images, empty: {"Bytes": without_face()}})

    assert caught.value.response["Error"] == {
        "Code": "InvalidParameterException",
        "Message": "Request has invalid parameters",
    }
