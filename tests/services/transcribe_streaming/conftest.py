"""The weights that streams need."""

import pytest

from tests.recordings import speech_weights
from tests.small_weights import small_weights


@pytest.fixture(scope="session", autouse=True)
def weights() -> None:
    speech_weights()
    small_weights()
