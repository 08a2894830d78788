"""Trainings go on after a server that was killed, those of flywheels too, and write once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from outcrop import LocalServer
from tests.services.comprehend.flywheel_flow import dataset, done, flywheel, keys
from tests.services.comprehend.subjects import two_subjects
from tests.services.comprehend.training import classifier, create, table

NEW_MODEL = {
    "ModelType": "DOCUMENT_CLASSIFIER",
    "TaskConfig": {
        "LanguageCode": "en",
        "DocumentClassificationConfig": {"Mode": "MULTI_CLASS"},
    },
}


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[LocalServer]:
    """A server that this test may kill."""
    server = LocalServer(tmp_path / "data")
    server.start()
    yield server
    server.stop()


def test_trainings_outlive_a_killed_server(own_server: LocalServer):
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
    client("s3").put_object(Bucket="texts", Key="in.csv", Body=table(two_subjects(10)))
    arn = create(
        client("comprehend"),
        "one",
        "s3://texts/in.csv",
        OutputDataConfig={"S3Uri": "s3://texts/out"},
    )

    wheel = flywheel(client("comprehend"), "texts", "wheel", **NEW_MODEL)
    rows = {"DocumentClassifierInputDataConfig": {"S3Uri": "s3://texts/in.csv"}}
    dataset(client("comprehend"), wheel["FlywheelArn"], "rows", "TRAIN", rows)
    started = client("comprehend").start_flywheel_iteration(FlywheelArn=wheel["FlywheelArn"])
    del started["ResponseMetadata"]

    own_server.kill()
    own_server.start()
    model = classifier(client("comprehend"), arn)
    iteration = done(lambda: client("comprehend").describe_flywheel_iteration(**started))
    endpoint = client("comprehend").create_endpoint(
        EndpointName="live", ModelArn=arn, DesiredInferenceUnits=1
    )["EndpointArn"]
    answer = client("comprehend").classify_document(
        Text="The courier lost my parcel.", EndpointArn=endpoint
    )
    summaries = client("comprehend").list_document_classifier_summaries()[
        "DocumentClassifierSummariesList"
    ]

    assert model["Status"] == "TRAINED"
    assert client("s3").list_objects_v2(Bucket="texts", Prefix="out/")["KeyCount"] == 1
    assert answer["Classes"][0]["Name"] == "SHIPPING"
    assert iteration["Status"] == "COMPLETED"
    assert [one["DocumentClassifierName"] for one in summaries] == ["one", "wheel"]
    assert [one["NumberOfVersions"] for one in summaries] == [1, 1]
    assert keys(client("s3"), iteration["EvaluationManifestS3Prefix"]) == ["trained-model.json"]
