"""Writes that the disk has no room for."""

import os
import resource
from collections.abc import Mapping
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from outcrop import LocalServer

LARGEST_FILE = 16 << 20
"""Stands for a full disk: a file that becomes larger fails in the same way."""


def test_what_the_disk_has_no_room_for_is_refused_and_the_rest_goes_on(
    environment: Mapping[str, str], tmp_path: Path
) -> None:
    server = LocalServer(tmp_path)
    with server.running():
        assert server.process is not None
        _, hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (LARGEST_FILE, hard))
        once = Config(retries={"total_max_attempts": 1})
        s3 = boto3.client("s3", endpoint_url=server.url, config=once)
        s3.create_bucket(Bucket="full")
        s3.put_object(Bucket="full", Key="report", Body=b"first")
        with pytest.raises(ClientError) as refused:
            s3.put_object(Bucket="full", Key="report", Body=os.urandom(LARGEST_FILE + 1))
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
        error = refused.value.response["Error"]
        assert error["Code"] == "ServiceUnavailable"
        assert error["Message"] == "The server's disk is full."
        assert s3.get_object(Bucket="full", Key="report")["Body"].read() == b"first"
        s3.put_object(Bucket="full", Key="report", Body=b"second")
        assert s3.get_object(Bucket="full", Key="report")["Body"].read() == b"second"
        parts = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert max(path.stat().st_size for path in parts) < LARGEST_FILE
