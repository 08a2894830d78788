"""A client of Bedrock's control plane, and a bucket."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def bedrock(client: Callable[..., Any]) -> Any:
    return client("bedrock")
