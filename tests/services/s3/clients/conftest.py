"""Unmodified clients in an environment of their own: they pin other versions than the server's."""

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.client_environments import client_environment

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def s3_clients() -> Path:
    """The environment that has the clients of `requirements.txt`; made on first use."""
    return client_environment("s3", HERE / "requirements.txt")


@pytest.fixture
def aws(s3_clients: Path, environment: Mapping[str, str]) -> Callable[..., str]:
    """Run the AWS CLI and give what it prints: `aws("s3", "ls")`."""

    def run(*arguments: str | Path) -> str:
        command = [s3_clients / "bin" / "aws", *arguments]
        done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def program(s3_clients: Path, environment: Mapping[str, str]) -> Callable[..., str]:
    """Run one of the programs here with arguments and give what it prints."""

    def run(name: str, *arguments: str) -> str:
        command = [s3_clients / "bin" / "python", HERE / name, *arguments]
        done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
