"""Trainings go on after a server that was killed, and write what they made once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from outcrop import LocalServer
from tests.services.comprehend.subjects import messages
from tests.services.comprehend.training import classifier, create, table


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[LocalServer]:
    """A server that this test may kill."""
    server = LocalServer(tmp_path / "data")
    server.start()
    yield server
    server.stop()


def test_a_training_outlives_a_killed_server(own_server: LocalServer):
    make: Any = boto3.client

    def client(name: str) -> Any:
        return make(
            name,
            endpoint_url=own_server.url,
            region_name="us-east-1",
            aws_access_key_id="111122223333",
            aws_secret_access_key="secret",
        )

    client("s3").create_bucket(Bucket="texts")
    client("s3").put_object(Bucket="texts", Key="in.csv", Body=table(messages("en")[::3]))
    arn = create(
        client("comprehend"),
        "one",
        "s3://texts/in.csv",
        OutputDataConfig={"S3Uri": "s3://texts/out"},
    )

    own_server.kill()
    own_server.start()
    model = classifier(client("comprehend"), arn)
    endpoint = client("comprehend").create_endpoint(
        EndpointName="live", ModelArn=arn, DesiredInferenceUnits=1
    )["EndpointArn"]
    answer = client("comprehend").classify_document(
        Text="The courier lost my parcel.", EndpointArn=endpoint
    )

    assert model["Status"] == "TRAINED"
    assert client("s3").list_objects_v2(Bucket="texts", Prefix="out/")["KeyCount"] == 1
    assert answer["Classes"][0]["Name"] == "SHIPPING"
