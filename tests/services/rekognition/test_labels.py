"""DetectLabels on photographs, and on what is none."""

import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from PIL import Image

from tests.photographs import photograph
from tests.services.rekognition.portraits import darker


def names(answer: Any) -> list[str]:
    return [label["Name"] for label in answer["Labels"]]


def image(color: str, size: tuple[int, int] = (80, 80)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, "PNG")
    return file.getvalue()


def refusal(caught: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_cat_is_a_cat_with_all_that_a_cat_is(rekognition: Any):
    answer = rekognition.detect_labels(Image={"Bytes": photograph("chelsea.png")})

    labels = {label["Name"]: label for label in answer["Labels"]}
    assert labels["Cat"]["Confidence"] > 85
    assert labels["Cat"]["Parents"] == [
        {"Name": name} for name in ("Feline", "Carnivore", "Mammal", "Animal")
    ]
    assert labels["Cat"]["Categories"] == [{"Name": "Animals and Pets"}]
    assert labels["Cat"]["Aliases"] == [{"Name": "True Cat"}]
    assert labels["Animal"]["Confidence"] >= labels["Cat"]["Confidence"]
    assert answer["LabelModelVersion"].startswith("EfficientNet-Lite0")


def test_the_likeliest_come_first_and_max_labels_keeps_them(rekognition: Any):
    coffee = {"Bytes": photograph("coffee.png")}

    every = rekognition.detect_labels(Image=coffee, MinConfidence=1)
    few = rekognition.detect_labels(Image=coffee, MinConfidence=1, MaxLabels=2)

    confidences = [label["Confidence"] for label in every["Labels"]]
    assert confidences == sorted(confidences, reverse=True)
    assert names(few) == names(every)[:2]
    assert "Espresso" in names(every)


def test_min_confidence_is_55_unless_it_is_given(rekognition: Any):
    cat = {"Bytes": photograph("chelsea.png")}

    usual = rekognition.detect_labels(Image=cat)
    sure = rekognition.detect_labels(Image=cat, MinConfidence=93.0)

    assert min(label["Confidence"] for label in usual["Labels"]) >= 55
    assert min(label["Confidence"] for label in sure["Labels"]) >= 93
    assert len(sure["Labels"]) < len(usual["Labels"])


def test_filters_choose_by_name_and_by_category(rekognition: Any):
    cat = {"Bytes": photograph("chelsea.png")}

    def found(**filters: list[str]) -> list[str]:
        settings = {"GeneralLabels": filters}
        return names(rekognition.detect_labels(Image=cat, Settings=settings))

    assert found(LabelInclusionFilters=["Cat", "Dog"]) == ["Cat"]
    assert "Cat" not in found(LabelExclusionFilters=["Cat"])
    assert "Cat" in found(LabelCategoryInclusionFilters=["Animals and Pets"])
    assert found(LabelCategoryInclusionFilters=["Food and Beverage"]) == []
    assert "Cat" not in found(LabelCategoryExclusionFilters=["Animals and Pets"])


def test_image_properties_are_those_of_the_pixels(rekognition: Any):
    half = Image.new("RGB", (100, 100), "white")
    half.paste((0, 0, 0), (0, 0, 100, 75))
    file = io.BytesIO()
    half.save(file, "PNG")

    answer = rekognition.detect_labels(
        Image={"Bytes": file.getvalue()}, Features=["IMAGE_PROPERTIES"]
    )

    black, white = answer["ImageProperties"]["DominantColors"]
    assert black == {
        "Red": 0,
        "Green": 0,
        "Blue": 0,
        "HexCode": "#000000",
        "CSSColor": "black",
        "SimplifiedColor": "black",
        "PixelPercent": 75.0,
    }
    assert (white["SimplifiedColor"], white["PixelPercent"]) == ("white", 25.0)
    assert answer["ImageProperties"]["Quality"]["Brightness"] == pytest.approx(25.0)
    assert "Labels" not in answer


def test_a_pale_colour_that_is_nearly_grey_is_grey(rekognition: Any):
    file = io.BytesIO()
    Image.new("RGB", (100, 100), (200, 188, 183)).save(file, "PNG")

    answer = rekognition.detect_labels(
        Image={"Bytes": file.getvalue()}, Features=["IMAGE_PROPERTIES"]
    )

    (color,) = answer["ImageProperties"]["DominantColors"]
    assert (color["CSSColor"], color["SimplifiedColor"]) == ("silver", "gray")


def test_a_blurred_picture_is_less_sharp_and_a_dark_one_less_bright(rekognition: Any):
    coffee = Image.open(io.BytesIO(photograph("coffee.png"))).convert("RGB")

    def quality(picture: Image.Image) -> Any:
        file = io.BytesIO()
        picture.save(file, "PNG")
        answer = rekognition.detect_labels(
            Image={"Bytes": file.getvalue()}, Features=["IMAGE_PROPERTIES"]
        )
        return answer["ImageProperties"]["Quality"]

    sharp = quality(coffee)
    blurred = quality(coffee.resize((60, 40)).resize(coffee.size))
    dark = quality(darker(coffee, 1 / 3))

    assert blurred["Sharpness"] < sharp["Sharpness"]
    assert dark["Brightness"] < sharp["Brightness"] / 2
    assert dark["Contrast"] < sharp["Contrast"]


def test_max_dominant_colors_bounds_the_colours(rekognition: Any):
    answer = rekognition.detect_labels(
        Image={"Bytes": photograph("coffee.png")},
        Features=["IMAGE_PROPERTIES"],
        Settings={"ImageProperties": {"MaxDominantColors": 3}},
    )

    shares = [each["PixelPercent"] for each in answer["ImageProperties"]["DominantColors"]]
    assert len(shares) == 3
    assert shares == sorted(shares, reverse=True)


def test_an_image_may_lie_in_s3(rekognition: Any, client: Callable[..., Any]):
    s3 = client("s3")
    s3.create_bucket(Bucket="photographs-of-cats")
    s3.put_object(Bucket="photographs-of-cats", Key="a/cat.png", Body=photograph("chelsea.png"))

    answer = rekognition.detect_labels(
        Image={"S3Object": {"Bucket": "photographs-of-cats", "Name": "a/cat.png"}}
    )

    assert "Cat" in names(answer)


def test_an_object_that_is_not_there_is_an_invalid_s3_object(rekognition: Any):
    with pytest.raises(ClientError) as caught:
        rekognition.detect_labels(Image={"S3Object": {"Bucket": "no-such", "Name": "cat.png"}})

    assert refusal(caught) == (
        "InvalidS3ObjectException",
        "Unable to get object metadata from S3. Check object key, region and/or access"
        " permissions.",
    )


@pytest.mark.parametrize("kind", ["text", "cut short", "zip", "gif"])
def test_what_is_no_image_is_refused(rekognition: Any, kind: str):
    content = {
        "text": b"hello",
        "cut short": photograph("chelsea.png")[:20_000],
        "zip": b"PK\x03\x04" + bytes(100),
        "gif": b"GIF89a" + bytes(9),
    }[kind]

    with pytest.raises(ClientError) as caught:
        rekognition.detect_labels(Image={"Bytes": content})

    assert refusal(caught) == ("InvalidImageFormatException", "Request has invalid image format")


def test_a_bomb_is_too_large(rekognition: Any):
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk
        + struct.pack(">I", zlib.crc32(b"IHDR" + header))
        + b"\0\0\0\0IEND\xaeB`\x82"
    )

    with pytest.raises(ClientError) as caught:
        rekognition.detect_labels(Image={"Bytes": bomb})

    assert refusal(caught)[0] == "ImageTooLargeException"


def test_an_image_is_given_once(rekognition: Any):
    for wrong in ({}, {"Bytes": image("red"), "S3Object": {"Bucket": "bucket", "Name": "n"}}):
        with pytest.raises(ClientError) as caught:
            rekognition.detect_labels(Image=wrong)

        assert refusal(caught) == ("InvalidParameterException", "Request has invalid parameters")


def test_the_command_line_says_the_same(
    rekognition: Any, environment: Mapping[str, str], tmp_path: Path
):
    path = tmp_path / "cat.png"
    path.write_bytes(photograph("chelsea.png"))

    told = subprocess.run(
        [
            *(Path(sys.executable).with_name("aws"), "rekognition", "detect-labels"),
            *("--image-bytes", f"fileb://{path}", "--query", "Labels[?Name=='Cat'].Name"),
            *("--output", "text"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.strip() == "Cat"
