"""The SageMaker SDK, version 2, in an environment of its own."""

from pathlib import Path

import pytest

from outcrop import LocalServer
from tests.client_environments import client_environment
from tests.services.sagemaker.sdk_programs import SdkPrograms

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def sdk() -> Path:
    """The environment that has the SDK."""
    return client_environment("sagemaker-v2", HERE / "requirements.txt")


@pytest.fixture
def program(sdk: Path, account: str, server: LocalServer) -> SdkPrograms:
    """Run a program by `outcrop run`; give all that it prints, and the JSON of its last line."""
    return SdkPrograms(environment=sdk, folder=HERE / "programs", port=server.port, account=account)
