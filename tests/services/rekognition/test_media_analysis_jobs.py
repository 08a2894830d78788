"""Media analysis jobs: moderation over the images that a manifest names."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.photographs import photograph

MODERATION = {"DetectModerationLabels": {"MinConfidence": 0}}


@pytest.fixture
def bucket(client: Callable[..., Any], account: str) -> str:
    name = f"images-{account}"
    s3 = client("s3")
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="astronaut.png", Body=photograph("astronaut.png"))
    s3.put_object(Bucket=name, Key="text.png", Body=b"no image at all")
    return name


def manifest(client: Callable[..., Any], bucket: str, *lines: str) -> dict[str, Any]:
    body = "".join(f"{line}\n" for line in lines).encode()
    client("s3").put_object(Bucket=bucket, Key="manifest.jsonl", Body=body)
    return {"S3Object": {"Bucket": bucket, "Name": "manifest.jsonl"}}


def source(bucket: str, name: str) -> str:
    return json.dumps({"source-ref": f"s3://{bucket}/{name}"})


def ended(rekognition: Any, job: str) -> Any:
    deadline = time.monotonic() + 300
    while (told := rekognition.get_media_analysis_job(JobId=job))["Status"] not in (
        "SUCCEEDED",
        "FAILED",
    ):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return told


def read(client: Callable[..., Any], place: dict[str, Any]) -> str:
    answer = client("s3").get_object(Bucket=place["Bucket"], Key=place["Name"])
    return answer["Body"].read().decode()


def test_each_image_has_a_line_and_the_summary_tells_what_is_wrong(
    rekognition: Any, client: Callable[..., Any], bucket: str
):
    names = ("astronaut.png", "text.png", "nobody.png", "astronaut.png")
    lines = [*(source(bucket, name) for name in names), "no JSON", '{"source-ref": "cat.png"}']
    given = manifest(client, bucket, *lines)
    output = {"S3Bucket": bucket, "S3KeyPrefix": "out/"}

    job = rekognition.start_media_analysis_job(
        Input=given, OperationsConfig=MODERATION, OutputConfig=output, JobName="night"
    )["JobId"]
    told = ended(rekognition, job)

    assert (told["Status"], told["JobName"], told["Input"]) == ("SUCCEEDED", "night", given)
    assert told["CreationTimestamp"] <= told["CompletionTimestamp"]
    assert told["Results"]["ModelVersions"] == {"Moderation": "open_nsfw"}
    place = told["Results"]["S3Object"]
    assert place == {"Bucket": bucket, "Name": f"out/{job}/results.jsonl"}
    results = [json.loads(line) for line in read(client, place).splitlines()]
    assert [each["source-ref"] for each in results] == [f"s3://{bucket}/astronaut.png"] * 2
    alone = rekognition.detect_moderation_labels(
        Image={"Bytes": photograph("astronaut.png")}, MinConfidence=0
    )
    labels = results[0]["detect-moderation-labels"]["ModerationLabels"]
    assert [each["Name"] for each in labels] == [each["Name"] for each in alone["ModerationLabels"]]
    summary = json.loads(read(client, told["ManifestSummary"]["S3Object"]))
    assert summary["statistics"] == {
        "total-json-lines": 6,
        "valid-json-lines": 2,
        "invalid-json-lines": 4,
    }
    errors = [
        (each["line-number"], each.get("source-ref"), each["code"]) for each in summary["errors"]
    ]
    assert errors == [
        (2, f"s3://{bucket}/text.png", "InvalidImageFormatException"),
        (3, f"s3://{bucket}/nobody.png", "InvalidS3ObjectException"),
        (5, None, "INVALID_MANIFEST"),
        (6, None, "INVALID_MANIFEST"),
    ]
    (listed,) = rekognition.list_media_analysis_jobs()["MediaAnalysisJobs"]
    assert (listed["JobId"], listed["Results"]) == (job, told["Results"])


@pytest.mark.parametrize(
    ("lines", "output", "code"),
    [
        ((), None, "INVALID_MANIFEST"),
        (("{}",), "nobodys-bucket", "INVALID_OUTPUT_CONFIG"),
    ],
)
def test_a_job_that_cannot_work_says_why(
    rekognition: Any,
    client: Callable[..., Any],
    bucket: str,
    lines: tuple[str, ...],
    output: str | None,
    code: str,
):
    job = rekognition.start_media_analysis_job(
        Input=manifest(client, bucket, *lines),
        OperationsConfig=MODERATION,
        OutputConfig={"S3Bucket": output or bucket},
    )["JobId"]

    told = ended(rekognition, job)

    assert (told["Status"], told["FailureDetails"]["Code"]) == ("FAILED", code)
    assert "Results" not in told
    keys = client("s3").list_objects_v2(Bucket=bucket)["Contents"]
    assert [each["Key"] for each in keys] == ["astronaut.png", "manifest.jsonl", "text.png"]


def test_jobs_are_listed_in_pages_the_latest_first(
    rekognition: Any, client: Callable[..., Any], bucket: str
):
    given = manifest(client, bucket, "{}")

    def start(**more: Any) -> str:
        output = {"S3Bucket": bucket}
        answer = rekognition.start_media_analysis_job(
            Input=given, OperationsConfig=MODERATION, OutputConfig=output, **more
        )
        return answer["JobId"]

    jobs = [start() for _ in range(3)]
    once, again = start(ClientRequestToken="once"), start(ClientRequestToken="once")

    listed: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = rekognition.list_media_analysis_jobs(MaxResults=3, **token)
        listed += [each["JobId"] for each in page["MediaAnalysisJobs"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert once == again
    assert len(listed) == 4
    assert set(listed) == {*jobs, once}
    with pytest.raises(ClientError) as caught:
        start(ClientRequestToken="once", JobName="other")
    assert caught.value.response["Error"]["Code"] == "IdempotentParameterMismatchException"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"OperationsConfig": {}}, "InvalidParameterException"),
        ({"Input": {"S3Object": {}}}, "InvalidS3ObjectException"),
        (
            {"Input": {"S3Object": {"Bucket": "nobodys-bucket", "Name": "a"}}},
            "InvalidS3ObjectException",
        ),
        (
            {
                "OperationsConfig": {
                    "DetectModerationLabels": {
                        "ProjectVersion": "arn:aws:rekognition:us-east-1:123456789012"
                        ":project/p/version/v/1"
                    }
                }
            },
            "ResourceNotFoundException",
        ),
    ],
)
def test_what_cannot_begin_is_refused(
    rekognition: Any,
    client: Callable[..., Any],
    bucket: str,
    change: dict[str, Any],
    code: str,
):
    asked = {
        "Input": manifest(client, bucket, "{}"),
        "OperationsConfig": MODERATION,
        "OutputConfig": {"S3Bucket": bucket},
    }
    with pytest.raises(ClientError) as caught:
        rekognition.start_media_analysis_job(**{**asked, **change})
    with pytest.raises(ClientError) as no_job:
        rekognition.get_media_analysis_job(JobId="nobody")

    assert caught.value.response["Error"]["Code"] == code
    assert no_job.value.response["Error"]["Code"] == "ResourceNotFoundException"
