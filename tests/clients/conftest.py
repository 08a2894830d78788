"""Unmodified clients in an environment of their own, as users have them."""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.client_environments import CACHE, client_environment

HERE = Path(__file__).parent

Program = Callable[..., Any]


@pytest.fixture(scope="session")
def python_with_clients() -> Path:
    """The interpreter that has the clients of `requirements.txt`."""
    return client_environment("clients", HERE / "requirements.txt") / "bin" / "python"


@pytest.fixture
def program(python_with_clients: Path, environment: Mapping[str, str]) -> Program:
    """Run a program of `programs/` with arguments and give the JSON that it prints last."""

    def run(name: str, *arguments: str) -> Any:
        return _last_line(
            [str(python_with_clients), str(HERE / "programs" / name), *arguments], environment
        )

    return run


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The folder in which the JavaScript SDK of `programs/package.json` is installed."""
    manifest = HERE / "programs" / "package.json"
    folder = CACHE / f"node-{hashlib.sha256(manifest.read_bytes()).hexdigest()[:12]}"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copy(manifest, folder)
        npm = shutil.which("npm")
        assert npm is not None
        subprocess.run([npm, "install", "--silent", "--no-audit"], cwd=folder, check=True)
        (folder / "complete").touch()
    return folder


@pytest.fixture
def node_program(node_modules: Path, environment: Mapping[str, str]) -> Program:
    """Run a JavaScript program of `programs/` and give the JSON that it prints last."""

    def run(name: str, *arguments: str) -> Any:
        # Node looks for packages from the place of the program.
        copy = node_modules / name
        shutil.copy(HERE / "programs" / name, copy)
        node = shutil.which("node")
        assert node is not None
        return _last_line([node, str(copy), *arguments], environment)

    return run


def _last_line(command: list[str], environment: Mapping[str, str]) -> Any:
    # A program that finds AWS settings of the user's own would call AWS itself.
    variables = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        **environment,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "OTEL_SDK_DISABLED": "true",
    }
    done = subprocess.run(
        command, env=variables, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])
