"""Clients, a bucket, and the weights that tell languages."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.small_weights import small_weights


@pytest.fixture(scope="session", autouse=True)
def language_weights() -> None:
    small_weights()


@pytest.fixture
def translate(client: Callable[..., Any]) -> Any:
    return client("translate")
