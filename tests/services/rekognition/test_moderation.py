"""DetectModerationLabels: safe photographs are safe, and what the labeller names is told."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.photographs import photograph


@pytest.mark.parametrize("name", ["astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg"])
def test_a_safe_photograph_has_no_label(rekognition: Any, name: str):
    answer = rekognition.detect_moderation_labels(Image={"Bytes": photograph(name)})

    assert answer["ModerationLabels"] == []
    assert answer["ModerationModelVersion"] == "open_nsfw"


def test_min_confidence_decides_what_is_told(rekognition: Any):
    def labels(least: float) -> list[Any]:
        return rekognition.detect_moderation_labels(
            Image={"Bytes": photograph("astronaut.png")}, MinConfidence=least
        )["ModerationLabels"]

    every = labels(0)
    explicit = next(label for label in every if label["Name"] == "Explicit")
    levels = {label["Name"]: (label["TaxonomyLevel"], label["ParentName"]) for label in every}
    confidences = [label["Confidence"] for label in every]

    assert 0 < explicit["Confidence"] < 20
    assert confidences == sorted(confidences, reverse=True)
    assert levels["Weapons"] == (2, "Violence")
    assert levels["Violence"] == levels["Gambling"] == (1, "")
    assert all(label["Confidence"] >= 1 for label in labels(1))


def test_what_nobody_can_do_here_is_refused(rekognition: Any, account: str):
    image = {"Bytes": photograph("astronaut.png")}
    adapter = f"arn:aws:rekognition:us-east-1:{account}:project/p/version/v/1"
    flow = f"arn:aws:sagemaker:us-east-1:{account}:flow-definition/f"

    with pytest.raises(ClientError) as no_adapter:
        rekognition.detect_moderation_labels(Image=image, ProjectVersion=adapter)
    with pytest.raises(ClientError) as no_people:
        rekognition.detect_moderation_labels(
            Image=image, HumanLoopConfig={"HumanLoopName": "loop", "FlowDefinitionArn": flow}
        )

    assert no_adapter.value.response["Error"]["Code"] == "ResourceNotFoundException"
    assert no_people.value.response["Error"]["Code"] == "InvalidParameterException"
