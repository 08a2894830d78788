"""The SageMaker SDK, version 3, in an environment of its own."""

import shutil
from pathlib import Path

import pytest

from outcrop import LocalServer
from tests.client_environments import client_environment
from tests.services.sagemaker.sdk_programs import SdkPrograms

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def sdk() -> Path:
    """The environment that has the SDK."""
    return client_environment("sagemaker-v3", HERE / "requirements.txt")


@pytest.fixture
def program(sdk: Path, account: str, server: LocalServer) -> SdkPrograms:
    """Run a program by `outcrop run`; give all that it prints, and the JSON of its last line."""
    return SdkPrograms(environment=sdk, folder=HERE / "programs", port=server.port, account=account)


@pytest.fixture
def scripts(tmp_path: Path) -> str:
    """A folder of scripts for jobs: the SDK takes no source folder below /root."""
    return str(shutil.copytree(HERE / "programs" / "scripts", tmp_path / "scripts"))
