"""Models of Custom Labels that are trained on pictures, tested, started and asked."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from outcrop import LocalServer
from tests.own_clients import client_of
from tests.services.rekognition.manifests import boxes, label, line, manifest, settled
from tests.services.rekognition.pictures import picture, tiny

OTHER_ACCOUNT = "210987654321"
PATTERNS = ("stripes", "dots")


@pytest.fixture
def project(rekognition: Any) -> str:
    return rekognition.create_project(ProjectName="patterns")["ProjectArn"]


def code(caught: pytest.ExceptionInfo[ClientError]) -> str:
    return caught.value.response["Error"]["Code"]


def stored(s3: Any, bucket: str, *, first: int, count: int) -> list[dict[str, Any]]:
    """Store pictures of each pattern and return their lines."""
    lines: list[dict[str, Any]] = []
    for pattern in PATTERNS:
        for seed in range(first, first + count):
            key = f"{pattern}/{seed:02}.png"
            s3.put_object(Bucket=bucket, Key=key, Body=picture(pattern, seed))
            lines.append(line(f"s3://{bucket}/{key}", label(pattern)))
    return lines


def asset(s3: Any, bucket: str, key: str, content: bytes) -> dict[str, Any]:
    """Store a manifest and return it as a request's data."""
    s3.put_object(Bucket=bucket, Key=key, Body=content)
    place = {"S3Object": {"Bucket": bucket, "Name": key}}
    return {"Assets": [{"GroundTruthManifest": place}]}


def filled(rekognition: Any, project: str, kind: str, lines: list[dict[str, Any]]) -> None:
    arn = rekognition.create_dataset(ProjectArn=project, DatasetType=kind)["DatasetArn"]
    rekognition.update_dataset_entries(DatasetArn=arn, Changes={"GroundTruth": manifest(*lines)})
    assert settled(rekognition, arn)["Status"] == "UPDATE_COMPLETE"


def told(rekognition: Any, project: str, name: str = "first") -> Any:
    (version,) = rekognition.describe_project_versions(ProjectArn=project, VersionNames=[name])[
        "ProjectVersionDescriptions"
    ]
    return version


def trained(rekognition: Any, project: str, bucket: str, **more: Any) -> Any:
    """Train a version to its end, whatever that is, and return its description."""
    rekognition.create_project_version(
        ProjectArn=project,
        VersionName="first",
        OutputConfig={"S3Bucket": bucket, "S3KeyPrefix": "out/"},
        **more,
    )
    deadline = time.monotonic() + 300
    while (version := told(rekognition, project))["Status"] == "TRAINING_IN_PROGRESS":
        assert time.monotonic() < deadline, version
        time.sleep(0.1)
    return version


def waited(rekognition: Any, waiter: str, project: str, name: str = "first") -> None:
    rekognition.get_waiter(waiter).wait(
        ProjectArn=project,
        VersionNames=[name],
        WaiterConfig={"Delay": 0.1, "MaxAttempts": 3000},
    )


def found(rekognition: Any, version: str, image: bytes, **more: Any) -> list[str]:
    answer = rekognition.detect_custom_labels(
        ProjectVersionArn=version, Image={"Bytes": image}, **more
    )
    return [each["Name"] for each in answer["CustomLabels"]]


def test_a_model_is_trained_tested_started_asked_copied_and_deleted(
    rekognition: Any, project: str, bucket: str, client: Callable[..., Any]
):
    s3 = client("s3")
    filled(rekognition, project, "TRAIN", stored(s3, bucket, first=0, count=8))
    filled(rekognition, project, "TEST", stored(s3, bucket, first=50, count=2))

    arn = rekognition.create_project_version(
        ProjectArn=project,
        VersionName="first",
        OutputConfig={"S3Bucket": bucket, "S3KeyPrefix": "out"},
        VersionDescription="stripes and dots",
        Tags={"team": "blue"},
    )["ProjectVersionArn"]
    with pytest.raises(ClientError) as early:
        found(rekognition, arn, picture("dots", 99))
    waited(rekognition, "project_version_training_completed", project)
    assert code(early) == "ResourceNotReadyException"
    check_description(rekognition, project, arn)
    check_files(s3, told(rekognition, project))

    started = rekognition.start_project_version(ProjectVersionArn=arn, MinInferenceUnits=1)
    waited(rekognition, "project_version_running", project)
    assert started["Status"] == "STARTING"
    assert told(rekognition, project)["MinInferenceUnits"] == 1
    check_answers(rekognition, arn, bucket)
    check_refusals(rekognition, arn)
    copied_to_another_account(rekognition, project, arn)

    assert rekognition.stop_project_version(ProjectVersionArn=arn)["Status"] == "STOPPING"
    deadline = time.monotonic() + 120
    while told(rekognition, project)["Status"] != "STOPPED":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert rekognition.delete_project_version(ProjectVersionArn=arn)["Status"] == "DELETING"
    left = rekognition.describe_project_versions(ProjectArn=project)
    assert left["ProjectVersionDescriptions"] == []


def check_description(rekognition: Any, project: str, arn: str) -> None:
    """What is told of a model that has been trained."""
    version = told(rekognition, project)
    assert version["ProjectVersionArn"] == arn
    assert version["StatusMessage"] == "The model is ready to run."
    assert version["VersionDescription"] == "stripes and dots"
    assert version["EvaluationResult"]["F1Score"] == 1.0
    assert version["BillableTrainingTimeInSeconds"] >= 0
    assert version["TrainingEndTimestamp"] >= version["CreationTimestamp"]
    assert rekognition.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"team": "blue"}


def check_files(s3: Any, version: Any) -> None:
    """What a training leaves in the output bucket."""

    def read(place: Any) -> str:
        where = place["S3Object"]
        return s3.get_object(Bucket=where["Bucket"], Key=where["Name"])["Body"].read().decode()

    place = version["EvaluationResult"]["Summary"]
    assert place["S3Object"]["Name"] == "out/EvaluationResultSummary-patterns-first.json"
    summary = json.loads(read(place))
    assert summary["AggregatedEvaluationResults"]["F1Score"] == 1.0
    assert {
        (each["GroundTruthLabel"], each["PredictedLabel"]): each["Value"]
        for each in summary["AggregatedEvaluationResults"]["ConfusionMatrix"]
    } == {
        ("dots", "dots"): 1.0,
        ("dots", "stripes"): 0.0,
        ("stripes", "dots"): 0.0,
        ("stripes", "stripes"): 1.0,
    }
    details = summary["EvaluationDetails"]
    assert (details["NumberOfTrainingImages"], details["NumberOfTestingImages"]) == (16, 4)
    assert details["Labels"] == ["dots", "stripes"]
    assert details["ProjectVersionArn"] == version["ProjectVersionArn"]
    for each in summary["LabelEvaluationResults"]:
        assert each["NumberOfTestingImages"] == 2
        assert 0 < each["Metrics"]["Threshold"] < 1
    checked = json.loads(read(version["ManifestSummary"]))
    assert checked["statistics"]["training"] == {
        "use_case": "IMAGE_LEVEL_LABELS",
        "total_json_lines": 16,
        "valid_json_lines": 16,
        "invalid_json_lines": 0,
        "ignored_json_lines": 0,
        "error_json_line_indices": [],
        "errors": [],
    }
    (asset_of_tests,) = version["TestingDataResult"]["Output"]["Assets"]
    texts = read(asset_of_tests["GroundTruthManifest"]).splitlines()
    assert len(texts) == 4
    for entry in map(json.loads, texts):
        metadata = entry["rekognition-custom-labels-evaluation-0-metadata"]
        assert metadata["class-name"] in entry["source-ref"]
        assert metadata["rekognition-custom-labels-evaluation-details"]["is-true-positive"]


def check_answers(rekognition: Any, arn: str, bucket: str) -> None:
    """What a model says of pictures that it has not seen, and of one that it has."""
    assert found(rekognition, arn, picture("dots", 99)) == ["dots"]
    assert found(rekognition, arn, picture("stripes", 98)) == ["stripes"]
    assert found(rekognition, arn, picture("dots", 97), MinConfidence=0) == ["dots", "stripes"]
    assert found(rekognition, arn, picture("dots", 97), MinConfidence=0, MaxResults=1) == ["dots"]
    in_s3 = rekognition.detect_custom_labels(
        ProjectVersionArn=arn,
        Image={"S3Object": {"Bucket": bucket, "Name": "stripes/00.png"}},
        MinConfidence=0,
    )["CustomLabels"]
    assert [each["Name"] for each in in_s3] == ["stripes", "dots"]
    assert sum(each["Confidence"] for each in in_s3) == pytest.approx(100, abs=0.01)


def check_refusals(rekognition: Any, arn: str) -> None:
    """What a model that runs does not take, and what cannot be done with it."""
    for image, error in (
        (b"no picture", "InvalidImageFormatException"),
        (tiny(), "InvalidParameterException"),
        (b"\x89PNG" + bytes(4 << 20), "ImageTooLargeException"),
    ):
        with pytest.raises(ClientError) as refused:
            found(rekognition, arn, image)
        assert code(refused) == error
    with pytest.raises(ClientError) as running:
        rekognition.start_project_version(ProjectVersionArn=arn, MinInferenceUnits=1)
    with pytest.raises(ClientError) as deleted:
        rekognition.delete_project_version(ProjectVersionArn=arn)
    assert (code(running), code(deleted)) == ("ResourceInUseException", "ResourceInUseException")


def of_another_account(rekognition: Any, service: str) -> Any:
    session: Any = boto3.Session()
    return session.client(
        service,
        endpoint_url=rekognition.meta.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id=OTHER_ACCOUNT,
        aws_secret_access_key="secret",
    )


def copied_to_another_account(rekognition: Any, project: str, arn: str) -> None:
    """Copy a model to another account, once a policy allows it; it answers there."""
    other, s3 = (of_another_account(rekognition, service) for service in ("rekognition", "s3"))
    bucket, name = f"copies-{project.split(':')[4]}", f"mine-{project.split(':')[4]}"
    s3.create_bucket(Bucket=bucket)
    target = other.create_project(ProjectName=name)["ProjectArn"]
    given = {
        "SourceProjectArn": project,
        "SourceProjectVersionArn": arn,
        "DestinationProjectArn": target,
        "VersionName": "copy",
        "OutputConfig": {"S3Bucket": bucket, "S3KeyPrefix": "copied"},
    }
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"},
                "Action": "rekognition:CopyProjectVersion",
                "Resource": arn,
            }
        ],
    }

    with pytest.raises(ClientError) as denied:
        other.copy_project_version(**given)
    rekognition.put_project_policy(
        ProjectArn=project, PolicyName="share", PolicyDocument=json.dumps(policy)
    )
    copy = other.copy_project_version(**given)["ProjectVersionArn"]
    deadline = time.monotonic() + 120
    while (version := told(other, target, "copy"))["Status"] == "COPYING_IN_PROGRESS":
        assert time.monotonic() < deadline
        time.sleep(0.05)

    assert code(denied) == "AccessDeniedException"
    assert (version["Status"], version["SourceProjectVersionArn"]) == ("COPYING_COMPLETED", arn)
    where = version["EvaluationResult"]["Summary"]["S3Object"]
    assert where["Name"] == f"copied/EvaluationResultSummary-{name}-copy.json"
    assert s3.head_object(Bucket=bucket, Key=where["Name"])["ContentLength"] > 0
    other.start_project_version(ProjectVersionArn=copy, MinInferenceUnits=1)
    waited(other, "project_version_running", target, "copy")
    assert found(other, copy, picture("dots", 96)) == ["dots"]


def test_manifests_train_a_model_of_several_labels_an_image(
    rekognition: Any, project: str, bucket: str, client: Callable[..., Any]
):
    s3 = client("s3")

    def of(*seeds: int) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = []
        for pattern in ("stripes", "dots", "stripes dots"):
            for seed in seeds:
                key = f"{pattern}-{seed}.png"
                s3.put_object(Bucket=bucket, Key=key, Body=picture(pattern, seed))
                labels = [label(name, attribute=name) for name in pattern.split()]
                lines.append(line(f"s3://{bucket}/{key}", *labels))
        return lines

    s3.put_object(Bucket=bucket, Key="tiny.png", Body=tiny())
    wrong = [line(f"s3://{bucket}/{name}.png", label("dots")) for name in ("tiny", "none")]
    train = asset(s3, bucket, "train.manifest", manifest(*of(0, 1, 2, 3, 4), *wrong))
    test = asset(s3, bucket, "test.manifest", manifest(*of(5, 6)))

    version = trained(rekognition, project, bucket, TrainingData=train, TestingData=test)

    assert version["Status"] == "TRAINING_COMPLETED", version["StatusMessage"]
    assert version["TrainingDataResult"]["Input"] == train
    assert version["TestingDataResult"]["Input"] == {**test, "AutoCreate": False}
    assert version["EvaluationResult"]["F1Score"] > 0.7
    place = version["ManifestSummary"]["S3Object"]
    checked = json.loads(s3.get_object(Bucket=bucket, Key=place["Name"])["Body"].read())
    statistics = checked["statistics"]["training"]
    assert (statistics["total_json_lines"], statistics["invalid_json_lines"]) == (17, 2)
    assert statistics["error_json_line_indices"] == [16, 17]
    (place_of_lines,) = version["TrainingDataResult"]["Validation"]["Assets"]
    key = place_of_lines["GroundTruthManifest"]["S3Object"]["Name"]
    assert key == "out/TrainingManifestWithValidation-patterns-first.json"
    lines = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode().splitlines()
    assert [json.loads(text).get("errors") for text in lines[-3:]] == [
        None,
        *[
            [
                {
                    "code": "ERROR_INVALID_IMAGE",
                    "message": "The image is invalid. Check S3 path and/or image properties.",
                }
            ]
        ]
        * 2,
    ]

    arn = version["ProjectVersionArn"]
    rekognition.start_project_version(ProjectVersionArn=arn, MinInferenceUnits=1)
    waited(rekognition, "project_version_running", project)
    both = found(rekognition, arn, picture("stripes dots", 3), MinConfidence=50)
    assert sorted(both) == ["dots", "stripes"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "The manifest file is empty."),
        (
            [line("s3://{}/a.png", label("cat")), line("s3://{}/b.png", label("dog"))],
            "The manifest file contains insufficient labeled images per label to perform"
            " auto-split.",
        ),
        (
            [line(f"s3://{{}}/{at}.png", boxes("cat")) for at in range(6)],
            "Models that find objects and their boxes cannot be trained here: give the images"
            " image-level labels (groundtruth/image-classification).",
        ),
        (
            [line(f"s3://{{}}/{at}.png", label("cat")) for at in range(6)],
            "The manifest file contains too many invalid rows.",
        ),
    ],
    ids=["empty", "one image a label", "boxes", "images that are not there"],
)
def test_what_cannot_be_learnt_fails_with_a_reason(
    rekognition: Any,
    project: str,
    bucket: str,
    client: Callable[..., Any],
    lines: list[dict[str, Any]],
    message: str,
):
    content = manifest(*lines).decode().replace("{}", bucket).encode()
    data = asset(client("s3"), bucket, "train.manifest", content)

    version = trained(
        rekognition, project, bucket, TrainingData=data, TestingData={"AutoCreate": True}
    )

    assert (version["Status"], version["StatusMessage"]) == ("TRAINING_FAILED", message)
    assert "EvaluationResult" not in version
    assert "BillableTrainingTimeInSeconds" not in version
    with pytest.raises(ClientError) as caught:
        rekognition.start_project_version(
            ProjectVersionArn=version["ProjectVersionArn"], MinInferenceUnits=1
        )
    assert code(caught) == "ResourceInUseException"


def test_requests_to_train_are_checked(
    rekognition: Any, project: str, bucket: str, client: Callable[..., Any]
):
    data = asset(client("s3"), bucket, "train.manifest", b"")
    given = {
        "ProjectArn": project,
        "VersionName": "first",
        "OutputConfig": {"S3Bucket": bucket},
    }

    def refusal(**more: Any) -> str:
        with pytest.raises(ClientError) as caught:
            rekognition.create_project_version(**given, **more)
        return code(caught)

    assert refusal() == "InvalidParameterException"  # There are no datasets.
    assert refusal(TrainingData=data) == "InvalidParameterException"
    assert refusal(TrainingData=data, TestingData={}) == "InvalidParameterException"
    assert refusal(FeatureConfig={}) == "InvalidParameterException"
    rekognition.create_dataset(ProjectArn=project, DatasetType="TRAIN")
    assert (
        refusal(TrainingData=data, TestingData={"AutoCreate": True}) == "InvalidParameterException"
    )
    rekognition.create_project_version(**given)
    assert refusal() == "ResourceInUseException"


def test_a_training_goes_on_though_the_server_is_killed(vision_weights: None, tmp_path: Path):
    server = LocalServer(tmp_path)
    with server.running():
        s3, rekognition = client_of(server, "s3"), client_of(server, "rekognition")
        s3.create_bucket(Bucket="images")
        data = asset(s3, "images", "a.manifest", manifest(*stored(s3, "images", first=0, count=5)))
        project = rekognition.create_project(ProjectName="patterns")["ProjectArn"]
        rekognition.create_project_version(
            ProjectArn=project,
            VersionName="first",
            OutputConfig={"S3Bucket": "images", "S3KeyPrefix": "out"},
            TrainingData=data,
            TestingData={"AutoCreate": True},
        )
        deadline = time.monotonic() + 120
        while (version := told(rekognition, project))["Status"] == "TRAINING_IN_PROGRESS":
            if "have been read" in version["StatusMessage"]:
                break
            assert time.monotonic() < deadline
            time.sleep(0.01)
        server.kill()
    with server.running():
        rekognition = client_of(server, "rekognition")
        waited(rekognition, "project_version_training_completed", project)
        version = told(rekognition, project)
        listed = client_of(server, "s3").list_objects_v2(Bucket="images", Prefix="out/")["Contents"]

    assert version["EvaluationResult"]["F1Score"] > 0
    assert len(listed) == 6
