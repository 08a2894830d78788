"""What tests of SageMaker share."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.services.sagemaker.endpoint_account import EndpointAccount


@pytest.fixture
def endpoints(client: Callable[..., Any], account: str) -> Iterator[EndpointAccount]:
    """What the test's account does with endpoints, which are deleted at its end."""
    user = EndpointAccount(client, account)
    yield user
    user.delete_all()
