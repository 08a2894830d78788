"""Transform jobs through boto3: what the model is asked, and what is uploaded."""

import gzip
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from outcrop.services.sagemaker.transforming.parameters import Parameters, variables
from tests.installed_runtimes import program_environment
from tests.services.sagemaker.endpoint_account import EndpointAccount, packed
from tests.services.sagemaker.test_training_jobs import IMAGE

SUM = """
import json, os, time
def model_fn(folder):
    told = (os.environ.get(name) for name in ("SAGEMAKER_BATCH_STRATEGY", "COLOUR"))
    print("strategy", *told, flush=True)
def input_fn(content, content_type):
    text = content if isinstance(content, str) else content.decode()
    return content_type, [line for line in text.split("\\n") if line]
def predict_fn(data, model):
    content_type, lines = data
    if "odd" in lines[0]:
        raise ValueError("no number")
    if "slow" in lines[0]:
        time.sleep(60)
    if content_type == "text/csv":
        return [str(sum(map(float, line.split(",")))) for line in lines]
    return [json.dumps({"asked": len(lines), "sum": sum(json.loads(line))}) for line in lines]
def output_fn(prediction, accept):
    return "\\n".join(prediction), accept
"""
SAYS = """
def execution_parameters_fn():
    return {"BatchStrategy": "SINGLE_RECORD", "MaxConcurrentTransforms": 2}
"""
"""How transform jobs are to ask."""
PARTS = """
def model_fn(folder):
    print("here", flush=True)
    return {"plus": lambda number: number + 1, "times": lambda number: number * 10}["DOES"]
def transform_fn(model, content, content_type, accept):
    return "\\n".join(str(model(int(line))) for line in content.split()), "text/csv"
"""
"""Containers of which each does its part."""
USUAL = """
from outcrop_runtime.serving.handlers import Handlers
from outcrop_runtime.serving.surroundings import Surroundings
class Model:
    model_fn = staticmethod(lambda folder: None)
    input_fn = predict_fn = output_fn = None
told = Handlers(Surroundings.read(), Model).execution_parameters()
print(told.status, told.body.decode())
"""
"""Serves a model without code of a user's."""
COLOUR = """
import os
def model_fn(folder):
    return os.environ["COLOUR"]
def transform_fn(model, content, content_type, accept):
    return model
"""
LONGEST_SECONDS = 300


class Transforms(EndpointAccount):
    """What a user of one account does with transform jobs."""

    def put(self, key: str, body: str) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body.encode())

    def request(self, name: str, **changes: Any) -> dict[str, Any]:
        source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{self.bucket}/in/"}
        return {
            "TransformJobName": name,
            "ModelName": "sum",
            "TransformInput": {
                "DataSource": {"S3DataSource": source},
                "ContentType": "text/csv",
                "SplitType": "Line",
            },
            "TransformOutput": {
                "S3OutputPath": f"s3://{self.bucket}/out",
                "Accept": "text/csv",
                "AssembleWith": "Line",
            },
            "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
            **changes,
        }

    def create(self, name: str, **changes: Any) -> None:
        self.sagemaker.create_transform_job(**self.request(name, **changes))

    def ended(self, name: str, status: str) -> Mapping[str, Any]:
        until = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < until:
            job = self.sagemaker.describe_transform_job(TransformJobName=name)
            if job["TransformJobStatus"] in ("Completed", "Failed", "Stopped"):
                assert job["TransformJobStatus"] == status, job.get("FailureReason")
                return job
            time.sleep(0.1)
        raise AssertionError(f"{name} did not end")

    def predictions(self) -> Mapping[str, str]:
        listed = self.s3.list_objects_v2(Bucket=self.bucket, Prefix="out/").get("Contents", [])
        return {
            one["Key"]: self.s3.get_object(Bucket=self.bucket, Key=one["Key"])["Body"]
            .read()
            .decode()
            for one in listed
        }


@pytest.fixture
def transforms(client: Callable[..., Any], account: str) -> Transforms:
    transforms = Transforms(client, account)
    transforms.put_script("sum", SUM)
    return transforms


def test_every_object_gets_its_predictions_in_order(transforms: Transforms) -> None:
    transforms.put("in/a.csv", "".join(f"{n},1\n" for n in range(50)))
    transforms.put("in/deep/b.csv", "5,5")
    transforms.create(
        "csv",
        BatchStrategy="SingleRecord",
        MaxConcurrentTransforms=4,
        Environment={"COLOUR": "red"},
    )
    job = transforms.ended("csv", "Completed")

    assert transforms.predictions() == {
        "out/a.csv.out": "".join(f"{n + 1:.1f}\n" for n in range(50)),
        "out/deep/b.csv.out": "10.0\n",
    }
    assert job["CreationTime"] <= job["TransformStartTime"] < job["TransformEndTime"]
    events = transforms.logs.filter_log_events(
        logGroupName="/aws/sagemaker/TransformJobs", logStreamNamePrefix="csv/"
    )["events"]
    assert "strategy SINGLE_RECORD red" in [event["message"] for event in events]
    (told,) = transforms.sagemaker.list_transform_jobs()["TransformJobSummaries"]
    assert (told["TransformJobName"], told["TransformJobStatus"]) == ("csv", "Completed")


def test_a_model_says_how_it_is_asked_unless_the_job_does(transforms: Transforms) -> None:
    transforms.put_script("says", SUM + SAYS)
    transforms.put("in/a.json", "[1]\n[2]\n")
    source = {**transforms.request("any")["TransformInput"], "ContentType": "application/json"}
    for name, more in (
        ("silent", {"ModelName": "sum"}),
        ("asked", {"ModelName": "says"}),
        ("told", {"ModelName": "says", "BatchStrategy": "MultiRecord"}),
    ):
        output = {"S3OutputPath": f"s3://{transforms.bucket}/out/{name}", "AssembleWith": "Line"}
        transforms.create(name, TransformInput=source, TransformOutput=output, **more)
    for name in ("silent", "asked", "told"):
        transforms.ended(name, "Completed")

    one, both = (
        "".join(f'{{"asked": {count}, "sum": {number}}}\n' for number in (1, 2)) for count in (1, 2)
    )
    assert transforms.predictions() == {
        "out/silent/a.json.out": both,
        "out/asked/a.json.out": one,
        "out/told/a.json.out": both,
    }


def test_containers_of_a_model_answer_one_after_the_other(transforms: Transforms) -> None:
    containers: list[dict[str, str]] = []
    for name in ("plus", "times"):
        archive = packed({"code/inference.py": PARTS.replace("DOES", name)})
        transforms.s3.put_object(Bucket=transforms.bucket, Key=name, Body=archive)
        uri = f"s3://{transforms.bucket}/{name}"
        containers.append({"Image": IMAGE, "ContainerHostname": name, "ModelDataUrl": uri})
    transforms.sagemaker.create_model(
        ModelName="parts",
        ExecutionRoleArn=f"arn:aws:iam::{transforms.id}:role/server",
        Containers=containers,
    )
    transforms.put("in/a.csv", "1\n2\n")
    transforms.create("parts", ModelName="parts")
    transforms.ended("parts", "Completed")

    assert transforms.predictions() == {"out/a.csv.out": "20\n30\n"}
    streams = transforms.logs.describe_log_streams(
        logGroupName="/aws/sagemaker/TransformJobs", logStreamNamePrefix="parts/"
    )["logStreams"]
    names = sorted(one["logStreamName"].rpartition("/")[2] for one in streams)
    assert names == ["plus", "times"]


@pytest.mark.parametrize(
    ("request_", "told", "expected"),
    [
        ({}, {}, Parameters(at_once=1, payload_mb=6, is_single=False)),
        (
            {"MaxConcurrentTransforms": 0},
            {
                "MaxConcurrentTransforms": 8,
                "MaxPayloadInMB": 10,
                "BatchStrategy": "SINGLE_RECORD",
            },
            Parameters(at_once=8, payload_mb=10, is_single=True),
        ),
        (
            {"MaxConcurrentTransforms": 2, "MaxPayloadInMB": 0, "BatchStrategy": "MultiRecord"},
            {"MaxConcurrentTransforms": 8, "MaxPayloadInMB": 1, "BatchStrategy": "SINGLE_RECORD"},
            Parameters(at_once=2, payload_mb=100, is_single=False),
        ),
        (
            {},
            {"MaxConcurrentTransforms": 64, "MaxPayloadInMB": 20},
            Parameters(at_once=5, payload_mb=20, is_single=False),
        ),
        (
            {"MaxConcurrentTransforms": 10},
            {"MaxPayloadInMB": 50},
            Parameters(at_once=2, payload_mb=50, is_single=False),
        ),
        (
            {},
            {"MaxConcurrentTransforms": "many", "MaxPayloadInMB": -1, "BatchStrategy": 7},
            Parameters(at_once=1, payload_mb=6, is_single=False),
        ),
    ],
)
def test_what_a_model_says_counts_as_far_as_it_makes_sense(
    request_: Mapping[str, Any], told: Mapping[str, Any], expected: Parameters
) -> None:
    assert Parameters.of(request_, told) == expected


def test_a_model_without_code_has_each_of_its_workers_asked(tmp_path: Path) -> None:
    given = {"SAGEMAKER_BASE_DIR": str(tmp_path), "OUTCROP_SOCKETS": "", "OUTCROP_WORKERS": "3"}
    done = subprocess.run(
        [sys.executable, "-c", USUAL],
        env={**program_environment(), **given},
        capture_output=True,
        text=True,
        check=True,
    )

    status, _, told = done.stdout.partition(" ")
    assert status == "200"
    assert json.loads(told) == {
        "MaxConcurrentTransforms": 3,
        "BatchStrategy": "MULTI_RECORD",
        "MaxPayloadInMB": 6,
    }


def test_containers_are_told_what_the_job_says_and_no_more() -> None:
    said = {"MaxConcurrentTransforms": 3, "MaxPayloadInMB": 7, "BatchStrategy": "SingleRecord"}

    assert variables({}) == {"SAGEMAKER_BATCH": "true"}
    assert variables(said) == {
        "SAGEMAKER_BATCH": "true",
        "SAGEMAKER_BATCH_STRATEGY": "SINGLE_RECORD",
        "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": "3",
        "SAGEMAKER_MAX_PAYLOAD_IN_MB": "7",
    }


def test_compressed_objects_are_unpacked_and_one_that_breaks_off_fails_the_job(
    transforms: Transforms,
) -> None:
    packed = gzip.compress(b"1,2\n") + gzip.compress(b"3,4\n")
    source = {**transforms.request("packed")["TransformInput"], "CompressionType": "Gzip"}
    transforms.s3.put_object(Bucket=transforms.bucket, Key="in/a.csv.gz", Body=packed)
    transforms.create("packed", BatchStrategy="SingleRecord", TransformInput=source)
    transforms.ended("packed", "Completed")
    transforms.s3.put_object(Bucket=transforms.bucket, Key="in/b.csv.gz", Body=packed[:-9])
    transforms.create("broken", TransformInput=source)

    assert transforms.ended("broken", "Failed")["FailureReason"] == (
        f"ClientError: s3://{transforms.bucket}/in/b.csv.gz: the compressed file breaks off"
    )
    assert transforms.predictions()["out/a.csv.gz.out"] == "3.0\n7.0\n"


def test_jobs_at_once_ask_each_their_own_model(transforms: Transforms) -> None:
    transforms.put("in/a.csv", "1\n")
    for colour in ("red", "blue"):
        transforms.put_script(colour, COLOUR)
        output = {"S3OutputPath": f"s3://{transforms.bucket}/out/{colour}"}
        transforms.create(
            colour, ModelName=colour, TransformOutput=output, Environment={"COLOUR": colour}
        )
    for colour in ("red", "blue"):
        transforms.ended(colour, "Completed")

    assert transforms.predictions() == {"out/red/a.csv.out": "red", "out/blue/a.csv.out": "blue"}


def test_rows_are_filtered_and_joined_with_their_predictions(transforms: Transforms) -> None:
    transforms.put("in/rows.csv", 'first,1,2\n"se,cond",3,4\n')
    transforms.create(
        "joined",
        DataProcessing={"InputFilter": "$[1:]", "OutputFilter": "$[0,-1]", "JoinSource": "Input"},
    )
    transforms.ended("joined", "Completed")

    assert transforms.predictions() == {"out/rows.csv.out": 'first,3.0\n"se,cond",7.0\n'}


def test_records_of_json_are_filtered_and_joined_too(transforms: Transforms) -> None:
    rows = [{"id": 1, "data": [1, 2]}, {"id": 2, "data": [3, 4]}]
    transforms.put("in/rows.jsonl", "\n".join(map(json.dumps, rows)))
    kind = "application/jsonlines"
    request = transforms.request("json")
    transforms.create(
        "json",
        TransformInput={**request["TransformInput"], "ContentType": kind},
        TransformOutput={**request["TransformOutput"], "Accept": kind},
        DataProcessing={
            "InputFilter": "$.data",
            "OutputFilter": "$['id','SageMakerOutput']",
            "JoinSource": "Input",
        },
    )
    transforms.ended("json", "Completed")

    lines = transforms.predictions()["out/rows.jsonl.out"].splitlines()
    assert list(map(json.loads, lines)) == [
        {"id": 1, "SageMakerOutput": {"asked": 2, "sum": 3}},
        {"id": 2, "SageMakerOutput": {"asked": 2, "sum": 7}},
    ]


def test_what_the_model_refuses_fails_the_job(transforms: Transforms) -> None:
    transforms.put("in/a.csv", "odd\n")
    transforms.create("failed", ModelClientConfig={"InvocationsMaxRetries": 0})
    job = transforms.ended("failed", "Failed")

    assert job["FailureReason"].startswith("AlgorithmError: Bad HTTP answer of the model: 500: ")
    assert transforms.predictions() == {}


def test_a_job_that_is_stopped_ends_at_once(transforms: Transforms) -> None:
    transforms.put("in/a.csv", "1\n")
    transforms.put("in/b.csv", "slow\n")
    transforms.create("stopped")
    until = time.monotonic() + LONGEST_SECONDS
    while not transforms.predictions() and time.monotonic() < until:
        time.sleep(0.1)
    began = time.monotonic()
    transforms.sagemaker.stop_transform_job(TransformJobName="stopped")
    transforms.ended("stopped", "Stopped")

    assert time.monotonic() - began < 50
    assert transforms.predictions() == {"out/a.csv.out": "1.0\n"}
    with pytest.raises(ClientError, match="the transform job is in status Stopped"):
        transforms.sagemaker.stop_transform_job(TransformJobName="stopped")


def test_a_model_that_does_not_load_fails_the_job(transforms: Transforms) -> None:
    transforms.put("in/a.csv", "1\n")
    transforms.put_script("broken", "def model_fn(folder): raise ValueError('no weights')")
    transforms.create("broken", ModelName="broken")
    job = transforms.ended("broken", "Failed")

    assert job["FailureReason"].startswith(
        "AlgorithmError: The model did not pass the ping health check."
    )
    (found,) = transforms.sagemaker.search(Resource="ExperimentTrialComponent")["Results"]
    assert found["TrialComponent"]["SourceDetail"]["TransformJob"]["TransformJobName"] == "broken"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ModelName": "none"}, "Could not find model"),
        ({"MaxPayloadInMB": 50, "MaxConcurrentTransforms": 3}, "must not be more than 100"),
        ({"DataProcessing": {"InputFilter": "$..x"}}, "is no step that is offered here"),
    ],
)
def test_a_job_that_cannot_run_here_is_refused(
    transforms: Transforms, changes: Mapping[str, Any], message: str
) -> None:
    with pytest.raises(ClientError, match=message):
        transforms.create("refused", **changes)

    assert transforms.sagemaker.list_transform_jobs()["TransformJobSummaries"] == []
