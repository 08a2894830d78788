"""A server without weights says how to get them, and measures pixels all the same."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from outcrop import LocalServer
from tests.own_clients import client_of
from tests.services.rekognition.portraits import without_face


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder: Path = tmp_path_factory.mktemp("bare")
    settings = {"OUTCROP_WEIGHTS_DIRECTORY": str(folder / "weights")}
    with LocalServer(folder, settings=settings).running() as server:
        once = Config(retries={"total_max_attempts": 1})
        yield client_of(server, "rekognition", config=once)


@pytest.mark.parametrize(
    ("operation", "weights"),
    [
        ("detect_labels", "efficientnet-lite0"),
        ("detect_faces", "blazeface"),
        ("detect_moderation_labels", "open-nsfw"),
        ("detect_text", "pp-ocrv6-small"),
    ],
)
def test_what_needs_weights_says_which(bare: Any, operation: str, weights: str):
    with pytest.raises(ClientError) as caught:
        getattr(bare, operation)(Image={"Bytes": without_face()})

    error = caught.value.response["Error"]
    assert error["Code"] == "InternalServerError"
    assert f"outcrop models pull {weights}" in error["Message"]


def test_what_needs_none_is_answered(bare: Any):
    answer = bare.detect_labels(Image={"Bytes": without_face()}, Features=["IMAGE_PROPERTIES"])

    (teal,) = answer["ImageProperties"]["DominantColors"]
    assert (teal["CSSColor"], teal["PixelPercent"]) == ("teal", 100.0)
