"""A server of the fuzzing's own: what it measures is no other test's doing."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from conformance.recipes import recipe_of
from outcrop import LocalServer
from tests.small_weights import small_weights


@pytest.fixture(scope="session")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """A server whose chat follows a script; small models answer for the AI services."""
    folder: Path = tmp_path_factory.mktemp("fuzzed")
    settings = {
        **recipe_of("bedrock-runtime").settings,
        "OUTCROP_STORAGE_DURABILITY": "process",
        "OUTCROP_SERVER_BODY_IDLE_SECONDS": "2",
        "OUTCROP_WEIGHTS_DIRECTORY": str(small_weights().settings.directory),
    }
    with LocalServer(folder / "data", settings=settings).running() as server:
        yield server


@pytest.fixture
def fuzzed_client(fuzzed: LocalServer) -> Callable[[str], Any]:
    """Make boto3 clients of that server."""

    make_client: Callable[..., Any] = boto3.client

    def make(service: str) -> Any:
        return make_client(
            service,
            endpoint_url=fuzzed.url,
            region_name="us-east-1",
            aws_access_key_id="123456789012",
            aws_secret_access_key="secret",
        )

    return make


@pytest.fixture(autouse=True)
def _no_stack_trace(fuzzed: LocalServer) -> Iterator[None]:
    """Fail a test during which the server logged a stack trace."""
    before = len(fuzzed.log())
    yield
    traces = re.findall(r"Traceback[\s\S]{0,3000}", fuzzed.log()[before:])
    assert traces == []
    assert fuzzed.process is not None
    assert fuzzed.process.poll() is None
