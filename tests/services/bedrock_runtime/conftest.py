"""A client of Bedrock Runtime."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def runtime(client: Callable[..., Any]) -> Any:
    return client("bedrock-runtime")
