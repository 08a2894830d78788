"""Unmodified clients in an environment of their own: they pin other versions than the server's."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CACHE = Path.home() / ".cache" / "outcrop-tests"


@pytest.fixture(scope="session")
def client_environment() -> Path:
    """The environment that has the clients of `requirements.txt`; made on first use."""
    requirements = HERE / "requirements.txt"
    version = "".join(map(str, sys.version_info[:2]))
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    folder = CACHE / f"s3-{version}-{digest}"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = ["-m", "pip", "install", "--quiet", "--requirement", requirements]
        subprocess.run([folder / "bin" / "python", *install], check=True)
        (folder / "complete").touch()
    return folder


@pytest.fixture
def aws(client_environment: Path, environment: Mapping[str, str]) -> Callable[..., str]:
    """Run the AWS CLI and give what it prints: `aws("s3", "ls")`."""

    def run(*arguments: str | Path) -> str:
        command = [client_environment / "bin" / "aws", *arguments]
        done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def program(client_environment: Path, environment: Mapping[str, str]) -> Callable[..., str]:
    """Run one of the programs here with arguments and give what it prints."""

    def run(name: str, *arguments: str) -> str:
        command = [client_environment / "bin" / "python", HERE / name, *arguments]
        done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
