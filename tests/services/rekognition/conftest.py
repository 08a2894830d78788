"""A client of Rekognition, with the weights that it needs."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import vision_weights as weights


@pytest.fixture(scope="session")
def vision_weights() -> None:
    """Pull what is missing."""
    weights.vision_weights()


@pytest.fixture
def rekognition(vision_weights: None, client: Callable[..., Any]) -> Any:
    """A client of this test's own account."""
    return client("rekognition")


@pytest.fixture
def collection(rekognition: Any) -> str:
    """An empty collection."""
    rekognition.create_collection(CollectionId="people")
    return "people"
