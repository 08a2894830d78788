"""DetectText on pages that the tests draw."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.pages import Page, png
from tests.services.rekognition.portraits import without_face


@pytest.fixture(scope="module")
def sign() -> Page:
    page = Page(800, 400)
    page.write("Open every day", 60, 40, size=48)
    page.write("Fermé le dimanche", 60, 300, size=32)
    return page


def of_kind(answer: Any, kind: str) -> list[Any]:
    return [each for each in answer["TextDetections"] if each["Type"] == kind]


def texts(answer: Any, kind: str) -> list[str]:
    return [each["DetectedText"] for each in of_kind(answer, kind)]


def test_lines_come_first_and_their_words_follow(rekognition: Any, sign: Page):
    answer = rekognition.detect_text(Image={"Bytes": png(sign.image)})

    assert texts(answer, "LINE") == ["Open every day", "Fermé le dimanche"]
    assert texts(answer, "WORD") == ["Open", "every", "day", "Fermé", "le", "dimanche"]
    assert [each["Id"] for each in answer["TextDetections"]] == list(range(8))
    assert [each["ParentId"] for each in of_kind(answer, "WORD")] == [0, 0, 0, 1, 1, 1]
    assert all(each["Confidence"] > 90 for each in answer["TextDetections"])
    assert answer["TextModelVersion"] == "PP-OCRv6"


def test_words_are_where_they_were_written(rekognition: Any, sign: Page):
    answer = rekognition.detect_text(Image={"Bytes": png(sign.image)})

    word = next(each for each in answer["TextDetections"] if each["DetectedText"] == "every")
    box = word["Geometry"]["BoundingBox"]
    left, top, right, bottom = sign.places["Open every day"][1]
    assert box["Left"] == pytest.approx(left, abs=0.02)
    assert box["Left"] + box["Width"] == pytest.approx(right, abs=0.02)
    assert box["Top"] == pytest.approx(top, abs=0.03)
    assert box["Top"] + box["Height"] == pytest.approx(bottom, abs=0.03)
    assert len(word["Geometry"]["Polygon"]) == 4


def test_a_region_of_interest_keeps_the_words_in_it(rekognition: Any, sign: Page):
    below = {"BoundingBox": {"Left": 0, "Top": 0.5, "Width": 1, "Height": 0.5}}
    corner = {"Polygon": [{"X": 0, "Y": 0}, {"X": 0.5, "Y": 0}, {"X": 0, "Y": 0.5}]}

    def read(*regions: Any) -> list[str]:
        filters = {"RegionsOfInterest": list(regions)}
        return texts(
            rekognition.detect_text(Image={"Bytes": png(sign.image)}, Filters=filters), "WORD"
        )

    assert read(below) == ["Fermé", "le", "dimanche"]
    assert read(corner) == ["Open"]
    assert read(below, corner) == ["Open", "Fermé", "le", "dimanche"]
    with pytest.raises(ClientError) as caught:
        read({})
    assert caught.value.response["Error"]["Code"] == "InvalidParameterException"


def test_small_words_are_left_out_when_asked(rekognition: Any, sign: Page):
    wide = {"WordFilter": {"MinConfidence": 50, "MinBoundingBoxWidth": 0.15}}
    tall = {"WordFilter": {"MinBoundingBoxHeight": 0.5}}

    found = rekognition.detect_text(Image={"Bytes": png(sign.image)}, Filters=wide)
    none = rekognition.detect_text(Image={"Bytes": png(sign.image)}, Filters=tall)

    assert texts(found, "WORD") == ["Open", "every", "dimanche"]
    assert none["TextDetections"] == []


def test_a_picture_without_text_has_none(rekognition: Any):
    assert rekognition.detect_text(Image={"Bytes": without_face()})["TextDetections"] == []
