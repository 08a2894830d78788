"""What every test may ask for: Outcrop's own pytest plugin, under short names."""

import asyncio
import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import asyncpg
import pytest
from botocore.config import Config
from hypothesis import settings

from outcrop import LocalServer
from tests.postgres_server import IS_CI, PostgresServer, find_programs

# The same examples in every run, at any speed: `--hypothesis-profile=default` looks for new ones.
settings.register_profile("outcrop", derandomize=True, deadline=None)
settings.load_profile("outcrop")

CHAT_MODEL = "qwen2.5-coder-0.5b-instruct-q4_k_m"


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio, as the server does."""
    return "asyncio"


@pytest.fixture(scope="session")
def outcrop_settings() -> Mapping[str, str]:
    """The tests' server speaks with the small model."""
    return {"OUTCROP_CHAT_MODEL": CHAT_MODEL}


@pytest.fixture
def server(outcrop_server: LocalServer) -> LocalServer:
    """The server of this run."""
    return outcrop_server


@pytest.fixture
def account(outcrop_account: str) -> str:
    """An account of this test's own, empty."""
    return outcrop_account


@pytest.fixture
def environment(outcrop_environment: Mapping[str, str]) -> Mapping[str, str]:
    """Variables that point other programs at the server; set in this process too."""
    return outcrop_environment


@pytest.fixture
def client(outcrop_client: Callable[..., Any]) -> Callable[..., Any]:
    """Make boto3 clients that try once and wait long: `client("s3", region_name="eu-west-3")`."""

    def make(service: str, *, config: Config | None = None, **arguments: Any) -> Any:
        patient = Config(retries={"total_max_attempts": 1}, read_timeout=300)
        return outcrop_client(
            service, config=patient.merge(config) if config else patient, **arguments
        )

    return make


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the whole run, from the machine's packages."""
    programs = find_programs()
    if programs is None:
        message = "no PostgreSQL server here: apt-get install postgresql"
        pytest.fail(message) if IS_CI else pytest.skip(message)
    server = PostgresServer(programs)
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> str:
    """The URL of an empty schema."""
    schema = f"test_{secrets.token_hex(8)}"

    async def create() -> None:
        connection = await asyncpg.connect(postgres.url())
        await connection.execute(f"CREATE SCHEMA {schema}")
        await connection.close()

    asyncio.run(create())
    return postgres.url(search_path=schema)
