"""Trainings go on after a server that was killed, those of flywheels too, and write once."""

from collections.abc import Callable
from typing import Any

from outcrop import LocalServer
from tests.services.comprehend.conftest import ROLE
from tests.services.comprehend.flywheel_flow import dataset, done, flywheel, keys, table_in
from tests.services.comprehend.subjects import two_subjects
from tests.services.comprehend.test_recognizers import create as create_recognizer
from tests.services.comprehend.test_recognizers import put_annotated, recognizer
from tests.services.comprehend.training import classifier, create, table

NEW_MODEL = {
    "ModelType": "DOCUMENT_CLASSIFIER",
    "TaskConfig": {
        "LanguageCode": "en",
        "DocumentClassificationConfig": {"Mode": "MULTI_CLASS"},
    },
}


def test_trainings_outlive_a_killed_server(
    own_server: LocalServer, own_client: Callable[[str], Any]
):
    client = own_client
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


def test_flywheels_outlive_a_server_that_was_killed_while_it_made_them(
    own_server: LocalServer, own_client: Callable[[str], Any]
):
    s3 = own_client("s3")
    s3.create_bucket(Bucket="texts")
    model = recognizer(
        own_client("comprehend"),
        create_recognizer(own_client("comprehend"), put_annotated(s3, "texts", "en", 100)),
    )
    arn = own_client("comprehend").create_flywheel(
        FlywheelName="wheel",
        DataAccessRoleArn=ROLE,
        DataLakeS3Uri="s3://texts/lake",
        ActiveModelArn=model["EntityRecognizerArn"],
    )["FlywheelArn"]

    own_server.kill()
    own_server.start()
    made = done(lambda: own_client("comprehend").describe_flywheel(FlywheelArn=arn))
    initial = own_client("comprehend").list_datasets(FlywheelArn=arn)["DatasetPropertiesList"]

    assert (made["Status"], made["ActiveModelArn"]) == ("ACTIVE", model["EntityRecognizerArn"])
    assert [(one["DatasetType"], one["NumberOfDocuments"]) for one in initial] == [("TRAIN", 100)]
    assert [key.rpartition("/")[2] for key in keys(own_client("s3"), made["DataLakeS3Uri"])] == [
        "documents.manifest"
    ]


def test_datasets_outlive_a_server_that_was_killed_while_it_took_them_in(
    own_server: LocalServer, own_client: Callable[[str], Any]
):
    s3 = own_client("s3")
    s3.create_bucket(Bucket="texts")
    wheel = flywheel(own_client("comprehend"), "texts", "wheel", **NEW_MODEL)
    rows = table_in(s3, "texts", "in.csv", two_subjects(30) * 1_000)
    arn = own_client("comprehend").create_dataset(
        FlywheelArn=wheel["FlywheelArn"],
        DatasetName="rows",
        DatasetType="TRAIN",
        InputDataConfig=rows,
    )["DatasetArn"]

    own_server.kill()
    own_server.start()
    taken = done(lambda: own_client("comprehend").describe_dataset(DatasetArn=arn))
    written = own_client("s3").list_objects_v2(Bucket="texts", Prefix="lake/")["Contents"]

    assert (taken["Status"], taken["NumberOfDocuments"]) == ("COMPLETED", 60_000)
    assert [f"s3://texts/{one['Key']}" for one in written] == [
        f"{taken['DatasetS3Uri']}documents.manifest"
    ]
