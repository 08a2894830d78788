"""Flywheels train new versions as datasets come in, and measure them beside the active one."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from outcrop.aws.s3_uris import bucket_and_key
from outcrop.services.comprehend import shapes
from outcrop.storage.records.interface import Put, Scope
from tests.services.comprehend.conftest import ROLE, ended, places
from tests.services.comprehend.flywheel_flow import (
    dataset,
    flywheel,
    iterated,
    keys,
    report,
    table_in,
)
from tests.services.comprehend.subjects import messages
from tests.services.comprehend.test_recognizers import UNSEEN, put_annotated
from tests.services.comprehend.training import classifier, create, table
from tests.services.direct import ACCOUNT, Direct, error_of

VERSION = re.compile(r"/version/Comprehend-Generated-v1-[0-9a-f]{8}$")
LABELS = ("PRAISE", "SHIPPING")
FULL = "FULL_ITERATION: Flywheel iteration performed all functions successfully."


def mode(language: str = "en", **members: Any) -> dict[str, Any]:
    """Return the members of a request for a flywheel of a new classifier."""
    return {
        "ModelType": "DOCUMENT_CLASSIFIER",
        "TaskConfig": {
            "LanguageCode": language,
            "DocumentClassificationConfig": {"Mode": "MULTI_CLASS", **members},
        },
    }


def of_two(language: str, begin: int, end: int) -> list[tuple[str, str]]:
    """Return some of the labelled messages of two subjects, as many of each."""
    rows = [row for row in messages(language) if row[0] in LABELS]
    return [row for at, row in enumerate(rows) if begin <= at * 7 % 30 < end]


def check_trial(s3: Any, iteration: dict[str, Any], model: str, documents: int) -> None:
    """Check that the metrics of a version are those in the data lake."""
    metrics = iteration[f"{model}ModelMetrics"]
    told = report(s3, iteration, f"{model.lower()}-model.json")
    matrix = told["ConfusionMatrix"]["confusion_matrix"]

    assert told["ModelArn"] == iteration[f"{model}ModelArn"]
    assert told["NumberOfTestDocuments"] == sum(map(sum, matrix)) == documents
    assert metrics == {
        f"Average{name}": told["EvaluationMetrics"][name]
        for name in ("F1Score", "Precision", "Recall", "Accuracy")
    }


@pytest.fixture
def mail(comprehend: Any, s3: Any, bucket: str) -> str:
    """A trained classifier of two labels, of a version: its ARN."""
    s3.put_object(Bucket=bucket, Key="few.csv", Body=table(of_two("en", 0, 10)))
    arn = create(comprehend, "mail", f"s3://{bucket}/few.csv", VersionName="one")
    assert classifier(comprehend, arn)["Status"] == "TRAINED"
    return arn


def test_a_flywheel_takes_over_a_classifier(comprehend: Any, bucket: str, account: str, mail: str):
    made = flywheel(comprehend, bucket, "wheel", ActiveModelArn=mail)
    arn = made["FlywheelArn"]
    initial = comprehend.list_datasets(FlywheelArn=arn)["DatasetPropertiesList"]
    again = iterated(comprehend, arn)

    assert arn == f"arn:aws:comprehend:us-east-1:{account}:flywheel/wheel"
    assert (made["Status"], made["ActiveModelArn"], made["ModelType"]) == (
        "ACTIVE",
        mail,
        "DOCUMENT_CLASSIFIER",
    )
    assert re.fullmatch(
        rf"s3://{bucket}/lake/wheel/schemaVersion=1/\d{{8}}T\d{{6}}Z/", made["DataLakeS3Uri"]
    )
    assert made["TaskConfig"] == {
        "LanguageCode": "en",
        "DocumentClassificationConfig": {"Mode": "MULTI_CLASS", "Labels": list(LABELS)},
    }
    assert [
        (one["DatasetType"], one["Status"], one["NumberOfDocuments"], one["Description"])
        for one in initial
    ] == [("TRAIN", "COMPLETED", 20, "TRAIN Dataset created by Flywheel creation.")]
    # It has learned these documents already, but for those that were held out.
    assert again["EvaluatedModelArn"] == mail
    assert "TrainedModelArn" not in again
    metrics = classifier(comprehend, mail)["ClassifierMetadata"]["EvaluationMetrics"]
    assert again["EvaluatedModelMetrics"]["AverageF1Score"] == metrics["F1Score"]


def test_a_flywheel_trains_a_better_version(comprehend: Any, s3: Any, bucket: str, mail: str):
    arn = flywheel(comprehend, bucket, "wheel", ActiveModelArn=mail)["FlywheelArn"]
    endpoint = comprehend.create_endpoint(
        EndpointName="live", FlywheelArn=arn, DesiredInferenceUnits=1
    )
    more, tests = of_two("en", 10, 24), of_two("en", 24, 30)
    dataset(comprehend, arn, "more", "TRAIN", table_in(s3, bucket, "more.csv", more))
    dataset(comprehend, arn, "tests", "TEST", table_in(s3, bucket, "tests.csv", tests))

    iteration = iterated(comprehend, arn)
    version = iteration["TrainedModelArn"]
    model = classifier(comprehend, version)
    early = comprehend.describe_endpoint(EndpointArn=endpoint["EndpointArn"])
    updated = comprehend.update_flywheel(FlywheelArn=arn, ActiveModelArn=version)
    late = comprehend.describe_endpoint(EndpointArn=endpoint["EndpointArn"])
    answer = comprehend.classify_document(
        Text="The courier lost my parcel.", EndpointArn=endpoint["EndpointArn"]
    )
    again = iterated(comprehend, arn)
    held = error_of(comprehend.delete_document_classifier, DocumentClassifierArn=version)
    comprehend.delete_document_classifier(DocumentClassifierArn=mail)
    in_use = error_of(comprehend.delete_flywheel, FlywheelArn=arn)

    assert (iteration["Status"], iteration["Message"]) == ("COMPLETED", FULL)
    assert iteration["EvaluatedModelArn"] == endpoint["ModelArn"] == mail
    assert version.startswith(mail.removesuffix("one"))
    assert VERSION.search(version)
    check_trial(s3, iteration, "Evaluated", len(tests))
    check_trial(s3, iteration, "Trained", len(tests))
    assert iteration["TrainedModelMetrics"]["AverageF1Score"] >= 0.8
    assert (model["Status"], model["FlywheelArn"]) == ("TRAINED", arn)
    assert model["ClassifierMetadata"]["NumberOfTrainedDocuments"] == 20 + len(more)
    assert [one["EndpointProperties"]["ModelArn"] for one in (early, late)] == [mail, version]
    assert late["EndpointProperties"]["FlywheelArn"] == arn
    assert updated["FlywheelProperties"]["ActiveModelArn"] == version
    assert answer["Classes"][0]["Name"] == "SHIPPING"
    assert again["EvaluatedModelMetrics"] == iteration["TrainedModelMetrics"]
    assert (held["Code"], in_use["Code"]) == ("ResourceInUseException",) * 2


def test_a_flywheel_trains_its_first_version(comprehend: Any, s3: Any, bucket: str, account: str):
    made = flywheel(comprehend, bucket, "fresh", **mode("fr", Labels=[*LABELS, "OTHER"]))
    arn = made["FlywheelArn"]
    nothing = error_of(comprehend.start_flywheel_iteration, FlywheelArn=arn)
    rows = [*of_two("fr", 0, 10), ("BILLING", "Ma facture est fausse.")]
    taken = dataset(comprehend, arn, "all", "TRAIN", table_in(s3, bucket, "all.csv", rows))
    without = error_of(
        comprehend.create_endpoint, EndpointName="e", FlywheelArn=arn, DesiredInferenceUnits=1
    )

    iteration = iterated(comprehend, arn)

    assert "ActiveModelArn" not in made
    assert (nothing["Code"], without["Code"]) == (
        "InvalidRequestException",
        "ResourceUnavailableException",
    )
    assert (taken["Status"], taken["NumberOfDocuments"]) == ("COMPLETED", 20)
    assert taken["DatasetS3Uri"].startswith(f"{made['DataLakeS3Uri']}datasets/all/")
    manifest = [
        json.loads(line)
        for line in s3.get_object(
            Bucket=bucket,
            Key=f"{bucket_and_key(taken['DatasetS3Uri'])[1]}documents.manifest",
        )["Body"].iter_lines()
    ]
    assert manifest == [
        {"source": text, "labels-metadata": {"class-name": label}}
        for label, text in rows
        if label in LABELS
    ]
    assert iteration["Status"] == "COMPLETED", iteration
    assert "EvaluatedModelArn" not in iteration
    version = iteration["TrainedModelArn"]
    assert version.startswith(f"arn:aws:comprehend:us-east-1:{account}:document-classifier/fresh/")
    trained = classifier(comprehend, version)["ClassifierMetadata"]
    assert (trained["NumberOfTrainedDocuments"], trained["NumberOfTestDocuments"]) == (16, 4)
    told = comprehend.describe_flywheel(FlywheelArn=arn)["FlywheelProperties"]
    assert told["ActiveModelArn"] == version
    assert told["LatestFlywheelIteration"] == iteration["FlywheelIterationId"]
    assert keys(s3, iteration["EvaluationManifestS3Prefix"]) == ["trained-model.json"]

    s3.put_object(Bucket=bucket, Key="in/a.txt", Body="Où est mon colis ?\n".encode())
    started = comprehend.start_document_classification_job(FlywheelArn=arn, **places(bucket, "in/"))
    job = ended(comprehend.describe_document_classification_job, started["JobId"])
    assert started["DocumentClassifierArn"] == version
    assert (job["JobStatus"], job["FlywheelArn"]) == ("COMPLETED", arn)

    # It has not all labels of the flywheel, for one of them has no document.
    updated = comprehend.update_flywheel(FlywheelArn=arn, ActiveModelArn=version)
    assert updated["FlywheelProperties"]["ActiveModelArn"] == version

    copied = flywheel(comprehend, bucket, "other", ActiveModelArn=version)
    inherited = comprehend.list_datasets(FlywheelArn=copied["FlywheelArn"])
    assert [one["NumberOfDocuments"] for one in inherited["DatasetPropertiesList"]] == [20]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_flywheel_improves_a_recognizer(comprehend: Any, s3: Any, bucket: str, language: str):
    made = flywheel(
        comprehend,
        bucket,
        "staff",
        ModelType="ENTITY_RECOGNIZER",
        TaskConfig={
            "LanguageCode": language,
            "EntityRecognitionConfig": {"EntityTypes": [{"Type": "ENGINEER"}, {"Type": "ORDER"}]},
        },
    )
    arn = made["FlywheelArn"]
    config = {"EntityRecognizerInputDataConfig": put_annotated(s3, bucket, language, 60)}
    first = dataset(comprehend, arn, "first", "TRAIN", config)
    one = iterated(comprehend, arn)
    config = {"EntityRecognizerInputDataConfig": put_annotated(s3, bucket, language, 100)}
    dataset(comprehend, arn, "second", "TRAIN", config)
    dataset(comprehend, arn, "tests", "TEST", config)
    two = iterated(comprehend, arn)
    text, name = UNSEEN[language]
    endpoint = comprehend.create_endpoint(
        EndpointName="staff", FlywheelArn=arn, DesiredInferenceUnits=1
    )["EndpointArn"]
    found = comprehend.detect_entities(Text=text, EndpointArn=endpoint)["Entities"]
    s3.put_object(Bucket=bucket, Key="ask/a.txt", Body=text.encode())
    started = comprehend.start_entities_detection_job(
        FlywheelArn=arn, LanguageCode=language, **places(bucket, "ask/")
    )
    history = comprehend.list_flywheel_iteration_history(FlywheelArn=arn)

    assert (first["Status"], first["NumberOfDocuments"]) == ("COMPLETED", 60)
    assert (one["Status"], two["Status"]) == ("COMPLETED", "COMPLETED")
    assert two["EvaluatedModelArn"] == one["TrainedModelArn"] != two["TrainedModelArn"]
    for metrics in (two["EvaluatedModelMetrics"], two["TrainedModelMetrics"]):
        assert metrics.keys() == {"AverageF1Score", "AveragePrecision", "AverageRecall"}
        assert 0.5 < metrics["AverageF1Score"] <= 1
    told = report(s3, two, "trained-model.json")
    assert [each["Type"] for each in told["EntityTypes"]] == ["ENGINEER", "ORDER"]
    assert [(each["Type"], each["Text"]) for each in found] == [
        ("ENGINEER", name),
        ("ORDER", "CMD-77123"),
    ]
    assert started["EntityRecognizerArn"] == one["TrainedModelArn"]
    assert [each["FlywheelIterationId"] for each in history["FlywheelIterationPropertiesList"]] == [
        two["FlywheelIterationId"],
        one["FlywheelIterationId"],
    ]


def test_what_cannot_be_learned_fails_and_leaves_nothing(comprehend: Any, s3: Any, bucket: str):
    lost = flywheel(comprehend, f"nowhere-{bucket}", "lost", **mode())
    made = flywheel(comprehend, bucket, "poor", **mode(Labels=["A", "B"]))
    arn = made["FlywheelArn"]
    strange = dataset(comprehend, arn, "c", "TRAIN", table_in(s3, bucket, "c.csv", [("C", "x")]))
    missing = dataset(
        comprehend,
        arn,
        "m",
        "TRAIN",
        {"DocumentClassifierInputDataConfig": {"S3Uri": f"s3://{bucket}/none.csv"}},
    )
    few = [(label, f"text {number}") for label in "AB" for number in range(3)]
    dataset(comprehend, arn, "few", "TRAIN", table_in(s3, bucket, "few.csv", few))
    iteration = iterated(comprehend, arn)
    updating = error_of(comprehend.update_flywheel, FlywheelArn=lost["FlywheelArn"])

    assert lost["Status"] == "FAILED"
    assert lost["Message"].startswith("The data lake cannot be made at s3://nowhere-")
    assert updating["Code"] == "InvalidRequestException"
    assert (strange["Status"], strange["Message"]) == (
        "FAILED",
        "The dataset has no document with a label or an entity of the flywheel's task.",
    )
    assert missing["Status"] == "FAILED"
    assert (iteration["Status"], iteration["Message"]) == (
        "FAILED",
        "The label A has 3 documents to train of; it takes at least 10 of each label.",
    )
    assert "TrainedModelArn" not in iteration
    assert {key.split("/")[1] for key in keys(s3, made["DataLakeS3Uri"])} == {"few"}
    assert comprehend.list_document_classifiers()["DocumentClassifierPropertiesList"] == []


def test_flywheels_and_datasets_are_listed_tagged_and_deleted(
    comprehend: Any, s3: Any, bucket: str
):
    tags = [{"Key": "team", "Value": "blue"}]
    # One after the other has been made, so that no two are of the same millisecond.
    names = ("a", "b", "c")
    made = [
        flywheel(comprehend, bucket, name, **mode(), Tags=tags)["FlywheelArn"] for name in names
    ]
    config = table_in(s3, bucket, "rows.csv", messages("en"))
    one = dataset(comprehend, made[0], "one", "TRAIN", config, Description="Mail", Tags=tags)
    two = dataset(comprehend, made[0], "two", "TEST", config)
    three = dataset(comprehend, made[1], "one", "TRAIN", config)

    def listed(**request: Any) -> list[str]:
        found = comprehend.list_flywheels(**request)["FlywheelSummaryList"]
        return [each["FlywheelArn"][-1] for each in found]

    def datasets(**request: Any) -> list[str]:
        found = comprehend.list_datasets(**request)["DatasetPropertiesList"]
        return [each["DatasetArn"] for each in found]

    page = comprehend.list_flywheels(MaxResults=2)

    assert listed() == ["c", "b", "a"]
    assert listed(MaxResults=2, NextToken=page["NextToken"]) == ["a"]
    assert listed(Filter={"Status": "FAILED"}) == []
    assert one["Description"] == "Mail"
    assert datasets() == [each["DatasetArn"] for each in (three, two, one)]
    assert datasets(FlywheelArn=made[0], Filter={"DatasetType": "TEST"}) == [two["DatasetArn"]]
    assert datasets(FlywheelArn=made[0], Filter={"Status": "CREATING"}) == []
    assert datasets(FlywheelArn=made[0], Filter={"CreationTimeBefore": two["CreationTime"]}) == [
        one["DatasetArn"]
    ]
    assert (
        error_of(comprehend.list_datasets, Filter={"DatasetType": "TEST", "Status": "FAILED"})[
            "Code"
        ]
        == "InvalidFilterException"
    )
    for arn in (made[0], one["DatasetArn"]):
        assert comprehend.list_tags_for_resource(ResourceArn=arn)["Tags"] == tags
    taken = error_of(
        comprehend.create_dataset, FlywheelArn=made[0], DatasetName="one", InputDataConfig=config
    )
    assert taken["Code"] == "ResourceInUseException"

    comprehend.delete_flywheel(FlywheelArn=made[0])

    assert listed() == ["c", "b"]
    assert datasets() == [three["DatasetArn"]]
    assert keys(s3, one["DatasetS3Uri"]) == ["documents.manifest"]
    for refused in (
        error_of(comprehend.describe_flywheel, FlywheelArn=made[0]),
        error_of(comprehend.describe_dataset, DatasetArn=one["DatasetArn"]),
        error_of(comprehend.list_flywheel_iteration_history, FlywheelArn=made[0]),
    ):
        assert refused["Code"] == "ResourceNotFoundException"


def test_a_flywheel_at_work_is_left_alone(tmp_path: Path):
    async def story() -> None:
        async with Direct.on(tmp_path) as direct:
            await direct.ask("s3", "CreateBucket", Bucket="texts")
            wheel = {"FlywheelArn": f"arn:aws:comprehend:us-east-1:{ACCOUNT}:flywheel/busy"}
            await direct.ask(
                "comprehend",
                "CreateFlywheel",
                FlywheelName="busy",
                DataAccessRoleArn=ROLE,
                DataLakeS3Uri="s3://texts",
                **mode(),
            )
            await direct.backends.background.finish()

            for kind, name, status in (
                ("flywheel-dataset", "busy/dataset/one", "CREATING"),
                ("flywheel-dataset", "busy/dataset/one", "COMPLETED"),
                ("flywheel-iteration", "busy/20261122T120000Z", "TRAINING"),
            ):
                scope = Scope(ACCOUNT, "us-east-1", "comprehend", kind)
                document = {"status": status, "told": {"DatasetType": "TRAIN"}}
                put = Put(scope=scope, name=name, document=document)
                await direct.backends.records.write(put)
                if status != "COMPLETED":
                    with pytest.raises(shapes.ResourceInUseException):
                        await direct.ask("comprehend", "DeleteFlywheel", **wheel)
            with pytest.raises(shapes.ResourceInUseException):
                await direct.ask("comprehend", "StartFlywheelIteration", **wheel)

    asyncio.run(story())


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"ModelType": "DOCUMENT_CLASSIFIER"},
        {**mode(), "ModelType": "ENTITY_RECOGNIZER"},
        {
            "ActiveModelArn": "arn:aws:comprehend:us-east-1:123456789012:document-classifier/a",
            **mode(),
        },
    ],
)
def test_a_flywheel_needs_a_model_or_a_task(comprehend: Any, bucket: str, members: dict[str, Any]):
    refused = error_of(
        comprehend.create_flywheel,
        FlywheelName="wheel",
        DataAccessRoleArn=ROLE,
        DataLakeS3Uri=f"s3://{bucket}",
        **members,
    )

    assert refused["Code"] == "InvalidRequestException"


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"DataFormat": "AUGMENTED_MANIFEST"},
        {"EntityRecognizerInputDataConfig": {"Documents": {"S3Uri": "s3://texts/a.txt"}}},
        {
            "DataFormat": "AUGMENTED_MANIFEST",
            "AugmentedManifests": [
                {
                    "S3Uri": "s3://texts/a",
                    "AttributeNames": ["a"],
                    "DocumentType": "SEMI_STRUCTURED_DOCUMENT",
                }
            ],
        },
    ],
)
def test_a_dataset_of_another_kind_is_refused(comprehend: Any, bucket: str, config: dict[str, Any]):
    arn = flywheel(comprehend, bucket, "wheel", **mode())["FlywheelArn"]

    refused = error_of(
        comprehend.create_dataset, FlywheelArn=arn, DatasetName="d", InputDataConfig=config
    )

    assert refused["Code"] == "InvalidRequestException"


def test_a_version_must_be_of_the_flywheels_task(comprehend: Any, bucket: str, mail: str):
    arn = flywheel(comprehend, bucket, "wheel", **mode(Labels=["X", "Y"]))["FlywheelArn"]

    refused = error_of(comprehend.update_flywheel, FlywheelArn=arn, ActiveModelArn=mail)

    assert refused["Code"] == "InvalidRequestException"
