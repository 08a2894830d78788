"""Fixtures for users' tests: a server for the run, an account for each test.

def test_upload(outcrop_client):
    s3 = outcrop_client("s3")
    s3.create_bucket(Bucket="photos")
"""

import importlib
import itertools
import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from outcrop.local import LocalServer, forget_boto3_session, misleading


@pytest.fixture(scope="session")
def outcrop_settings() -> Mapping[str, str]:
    """Settings of the server, as variables; override it: `{"OUTCROP_CHAT_MODEL": "…"}`."""
    return {}


@pytest.fixture(scope="session")
def outcrop_server(
    tmp_path_factory: pytest.TempPathFactory, outcrop_settings: Mapping[str, str]
) -> Iterator[LocalServer]:
    """A server for the whole run, with an empty data folder."""
    folder = tmp_path_factory.mktemp("outcrop")
    with LocalServer(folder, settings=outcrop_settings).running() as server:
        yield server


@pytest.fixture(scope="session")
def _outcrop_accounts() -> Iterator[str]:
    first = secrets.randbelow(10**9)
    return (f"{first * 1000 + number:012d}" for number in itertools.count())


@pytest.fixture
def outcrop_account(_outcrop_accounts: Iterator[str]) -> str:
    """An account that is this test's own: empty, and seen by no other test."""
    return next(_outcrop_accounts)


@pytest.fixture
def outcrop_environment(
    outcrop_server: LocalServer, outcrop_account: str, monkeypatch: pytest.MonkeyPatch
) -> Mapping[str, str]:
    """Point this process, and programs that it starts, at the server, as this test's account."""
    variables = outcrop_server.client_environment(outcrop_account)
    for name in misleading(variables):
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    forget_boto3_session()
    return variables


@pytest.fixture(scope="session")
def _outcrop_boto3() -> Any:
    try:
        return importlib.import_module("boto3")
    except ImportError:
        # Whoever skipped these tests would pass without having tested anything.
        pytest.fail("`outcrop_client` makes clients of boto3: pip install boto3", pytrace=False)


@pytest.fixture
def outcrop_client(
    _outcrop_boto3: Any,
    outcrop_server: LocalServer,
    outcrop_account: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Any]:
    """Make boto3 clients of this test's account: `outcrop_client("s3")`."""
    variables = outcrop_server.client_environment(outcrop_account)
    for name in misleading(variables):
        monkeypatch.delenv(name)

    def make(service: str, **arguments: Any) -> Any:
        arguments.setdefault("region_name", variables["AWS_DEFAULT_REGION"])
        return _outcrop_boto3.client(
            service,
            endpoint_url=outcrop_server.url,
            aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
            **arguments,
        )

    return make
