"""A client of Comprehend, a bucket, and jobs that are waited for."""

import io
import json
import tarfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from outcrop import LocalServer
from outcrop.aws.s3_uris import bucket_and_key
from tests.own_clients import client_of
from tests.small_weights import small_weights

ENDED = ("COMPLETED", "FAILED", "STOPPED")
ROLE = "arn:aws:iam::123456789012:role/comprehend"


@pytest.fixture(scope="session", autouse=True)
def language_weights() -> None:
    small_weights()


@pytest.fixture
def comprehend(client: Callable[..., Any]) -> Any:
    return client("comprehend")


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[LocalServer]:
    """A server that this test may kill."""
    server = LocalServer(tmp_path / "data")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_client(own_server: LocalServer) -> Callable[[str], Any]:
    """Return clients of that server, wherever it listens now."""
    return partial(client_of, own_server)


def places(bucket: str, key: str, form: str = "ONE_DOC_PER_LINE") -> dict[str, Any]:
    """Return the members of a request that say where a job reads and writes."""
    return {
        "InputDataConfig": {"S3Uri": f"s3://{bucket}/{key}", "InputFormat": form},
        "OutputDataConfig": {"S3Uri": f"s3://{bucket}/out"},
        "DataAccessRoleArn": ROLE,
    }


def ended(describe: Callable[..., Any], job_id: str) -> dict[str, Any]:
    """Return a job once it has ended."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        answer = describe(JobId=job_id)
        job: dict[str, Any] = next(iter(one for name, one in answer.items() if "Job" in name))
        if job["JobStatus"] in ENDED:
            return job
        time.sleep(0.05)
    raise AssertionError(f"{job_id} does not end")


def written(s3: Any, uri: str) -> bytes:
    """Return an object."""
    bucket, key = bucket_and_key(uri)
    content: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return content


def results(s3: Any, job: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the lines of a job's archive."""
    content = written(s3, job["OutputDataConfig"]["S3Uri"])
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        assert archive.getnames() == ["output"]
        member = archive.extractfile("output")
        assert member is not None
        return [json.loads(line) for line in member.read().decode().splitlines()]
