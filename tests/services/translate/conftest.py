"""A client of Translate."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def translate(client: Callable[..., Any]) -> Any:
    return client("translate")
