"""The SageMaker SDK, version 2, in an environment of its own."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.client_environments import client_environment

HERE = Path(__file__).parent

Program = Callable[..., Any]


@pytest.fixture(scope="session")
def sdk() -> Path:
    """The environment that has the SDK."""
    return client_environment("sagemaker-v2", HERE / "requirements.txt")


@pytest.fixture
def program(sdk: Path, account: str, environment: Mapping[str, str]) -> Program:
    """Run a program by `outcrop run`; give all that it prints, and the JSON of its last line."""

    def run(name: str, *arguments: str) -> tuple[str, Any]:
        port = environment["AWS_ENDPOINT_URL"].rpartition(":")[2]
        outcrop_run = [sys.executable, "-m", "outcrop", "run", "--port", port, "--account", account]
        python = sdk / "bin" / "python"
        done = subprocess.run(
            [*outcrop_run, "--", str(python), str(HERE / "programs" / name), *arguments],
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        return done.stdout, json.loads(done.stdout.splitlines()[-1])

    return run
