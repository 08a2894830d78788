"""PostgreSQL goes away under a running server and comes back."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Semaphore
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from outcrop import LocalServer
from tests.postgres_server import PostgresServer

UNAVAILABLE = ("ServiceUnavailable", 503)


@pytest.fixture
def on_postgres(postgres_url: str, tmp_path: Path) -> Iterator[LocalServer]:
    settings = {"OUTCROP_STORAGE_RECORDS_URL": postgres_url}
    with LocalServer(tmp_path, settings=settings).running() as server:
        yield server


@pytest.fixture
def call(on_postgres: LocalServer) -> Callable[..., Any]:
    """Call an operation once; give the error's code and status, or nothing."""

    def make(service: Any, operation: str, **parameters: Any) -> tuple[str, int] | None:
        client = boto3.client(
            service,
            endpoint_url=on_postgres.url,
            region_name="us-east-1",
            aws_access_key_id="111122223333",
            aws_secret_access_key="secret",
            config=Config(retries={"total_max_attempts": 1}),
        )
        try:
            getattr(client, operation)(**parameters)
        except ClientError as error:
            answer: Any = error.response
            return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]
        return None

    return make


def test_the_first_request_after_a_restart_of_the_database_works(
    call: Callable[..., Any], postgres: PostgresServer
):
    assert call("s3", "create_bucket", Bucket="kept") is None
    postgres.kill()
    postgres.start_again()

    assert call("s3", "put_object", Bucket="kept", Key="key", Body=b"1") is None
    assert call("s3", "get_object", Bucket="kept", Key="key") is None


def test_requests_hear_that_the_database_is_away(
    call: Callable[..., Any], postgres: PostgresServer, on_postgres: LocalServer
):
    assert call("s3", "create_bucket", Bucket="kept") is None
    postgres.kill()

    outcomes = [
        call("s3", "put_object", Bucket="kept", Key="key", Body=b"1"),
        call("s3", "list_buckets"),
        call("logs", "create_log_group", logGroupName="group"),
    ]
    postgres.start_again()

    assert outcomes == [UNAVAILABLE] * 3
    assert call("logs", "create_log_group", logGroupName="group") is None
    assert "Traceback" not in on_postgres.log()


def test_requests_under_way_when_the_database_goes_are_answered(
    call: Callable[..., Any], postgres: PostgresServer, on_postgres: LocalServer
):
    assert call("s3", "create_bucket", Bucket="kept") is None
    written, stops = Semaphore(0), Event()

    def write_until_the_end(writer: int) -> set[tuple[str, int] | None]:
        outcomes: set[tuple[str, int] | None] = set()
        turn = 0
        while not stops.is_set():
            key = f"{writer}-{(turn := turn + 1)}"
            outcome = call("s3", "put_object", Bucket="kept", Key=key, Body=b"1")
            outcomes.add(outcome)
            if outcome is None:
                written.release()
        return outcomes

    with ThreadPoolExecutor(4) as threads:
        writing = [threads.submit(write_until_the_end, writer) for writer in range(4)]
        is_written_before = written.acquire(timeout=60)
        postgres.kill()
        postgres.start_again()
        while written.acquire(blocking=False):
            pass
        is_written_after = written.acquire(timeout=60)
        stops.set()
        outcomes = set[Any]().union(*(it.result() for it in writing))

    assert is_written_before
    assert is_written_after
    assert outcomes <= {None, UNAVAILABLE}
    assert "Traceback" not in on_postgres.log()
