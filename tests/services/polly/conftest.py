"""A client of Polly, whose weights are pulled once."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.speech_weights import speech_weights


@pytest.fixture(scope="session", autouse=True)
def voices_of_kokoro() -> None:
    speech_weights()


@pytest.fixture
def polly(client: Callable[..., Any]) -> Any:
    return client("polly")
