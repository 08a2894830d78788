"""Compilation jobs through boto3: compiled, checked, measured, served, refused."""

import hashlib
import io
import json
import pickle
import subprocess
import tarfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from outcrop import LocalServer
from tests.installed_runtimes import program_environment, runtime_python
from tests.services.sagemaker.endpoint_account import EndpointAccount, packed

PROGRAM = Path(__file__).parent / "programs" / "compilation_models.py"
LOG_GROUP = "/aws/sagemaker/CompilationJobs"
SUMMARIES = "CompilationJobSummaries"
LONGEST_SECONDS = 600
"""The first job of a machine waits for its runtime."""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with small models, and what they predict."""
    folder = tmp_path_factory.mktemp("models")
    subprocess.run(
        [runtime_python("neo"), PROGRAM, folder],
        env=program_environment(OMP_NUM_THREADS="1"),
        check=True,
    )
    return folder


class Account:
    """What a user of one account does with compilation jobs."""

    def __init__(self, client: Callable[..., Any], account: str) -> None:
        self.s3, self.logs, self.sagemaker = map(client, ("s3", "logs", "sagemaker"))
        self.id, self.bucket = account, f"neo-{account}"
        if self.bucket not in [one["Name"] for one in self.s3.list_buckets()["Buckets"]]:
            self.s3.create_bucket(Bucket=self.bucket)

    def put(self, key: str, body: bytes) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)

    def get(self, uri: str) -> bytes:
        key = uri.removeprefix(f"s3://{self.bucket}/")
        return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def request(self, name: str, framework: str, **changes: Any) -> dict[str, Any]:
        given = {
            "CompilationJobName": name,
            "RoleArn": f"arn:aws:iam::{self.id}:role/compiler",
            "InputConfig": {
                "S3Uri": f"s3://{self.bucket}/{name}/wine.tar.gz",
                "Framework": framework,
                **changes.pop("source", {}),
            },
            "OutputConfig": {
                "S3OutputLocation": f"s3://{self.bucket}/compiled",
                "TargetDevice": "ml_c5",
                **changes.pop("output", {}),
            },
            "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        }
        return {**given, **changes}

    def create(self, name: str, framework: str, archive: bytes, **changes: Any) -> str:
        self.put(f"{name}/wine.tar.gz", archive)
        request = self.request(name, framework, **changes)
        arn: str = self.sagemaker.create_compilation_job(**request)["CompilationJobArn"]
        return arn

    def wait(self, name: str, status: str) -> Mapping[str, Any]:
        until = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < until:
            job = self.sagemaker.describe_compilation_job(CompilationJobName=name)
            if job["CompilationJobStatus"] in ("COMPLETED", "FAILED", "STOPPED"):
                assert job["CompilationJobStatus"] == status, job["FailureReason"]
                return job
            time.sleep(0.1)
        raise AssertionError(f"{name} did not end")

    def log(self, name: str) -> list[str]:
        try:
            found = self.logs.get_log_events(logGroupName=LOG_GROUP, logStreamName=name)
        except self.logs.exceptions.ResourceNotFoundException:
            return []
        return [event["message"] for event in found["events"]]

    def refusal(self, name: str, framework: str, **changes: Any) -> str:
        with pytest.raises(ClientError) as raised:
            self.create(name, framework, b"", **changes)
        error: Any = raised.value.response["Error"]
        assert error["Code"] == "ValidationException"
        message: str = error["Message"]
        return message


@pytest.fixture
def jobs(client: Callable[..., Any], account: str) -> Account:
    return Account(client, account)


def test_a_compiled_model_is_served_in_the_place_of_its_original(
    jobs: Account, endpoints: EndpointAccount, models: Path
) -> None:
    archive = packed({"model.joblib": (models / "model.joblib").read_bytes()})
    told = json.loads((models / "told.json").read_text())

    arn = jobs.create("wine", "SKLEARN", archive, output={"TargetDevice": "ml_inf1"})
    job = jobs.wait("wine", "COMPLETED")

    assert arn == f"arn:aws:sagemaker:us-east-1:{jobs.id}:compilation-job/wine"
    uri = f"s3://{jobs.bucket}/compiled/wine-ml_inf1.tar.gz"
    compiled = jobs.get(uri)
    image = "785573368785.dkr.ecr.us-east-1.amazonaws.com/sagemaker-neo-onnx:1.5.0-inf-py3"
    assert job["ModelArtifacts"] == {"S3ModelArtifacts": uri}
    assert job["ModelDigests"] == {"ArtifactDigest": hashlib.blake2b(compiled).hexdigest()}
    assert job["DerivedInformation"] == {"DerivedDataInputConfig": '{"input": [1, 13]}'}
    assert job["InferenceImage"] == image
    assert job["FailureReason"] == ""
    with tarfile.open(fileobj=io.BytesIO(compiled)) as opened:
        assert opened.getnames() == ["compiled.json", "compiled.onnx"]
        held = opened.extractfile("compiled.json")
        assert held is not None
        report = json.load(held)["report"]
    assert report["comparison"]["same_labels"] >= 0.99
    assert report["gain"] > 1
    log = jobs.log("wine")
    assert "There is no compiler for the Neuron of ml_inf1 here" in log[0]
    assert log[-1].endswith(f"gain: {report['gain']:.2f} times.")

    endpoints.put_model("wine", compiled, Image=job["InferenceImage"])
    serve(endpoints, "wine", InstanceType="ml.inf1.xlarge")
    assert endpoints.ask("wine", told["rows"]) == told["kinds"]
    line = (
        "Serving a model of SKLEARN, compiled for ml_inf1, by ONNX Runtime on the processors of"
        " this machine, which stand in for ml.inf1.xlarge."
    )
    endpoints.until(lambda: line in endpoints.log("wine"))


def test_a_model_that_is_not_compiled_runs_as_it_is_on_inferentia(
    endpoints: EndpointAccount,
) -> None:
    endpoints.deploy("plain", InstanceType="ml.inf2.xlarge")

    assert endpoints.ask("plain", [1]) == {"model": "plain", "data": [1]}
    line = (
        "There is no chip of ml.inf2.xlarge here, and the model is not a compiled one: it runs as"
        " it is on the processors of this machine."
    )
    endpoints.until(lambda: line in endpoints.log("plain"))


def serve(endpoints: EndpointAccount, name: str, **variant: Any) -> None:
    endpoints.configure(name, {"ModelName": name, **variant})
    endpoints.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    endpoints.wait(name)


class Loading:
    """Stands in a pickle for what loading it evaluates."""

    def __init__(self, expression: str) -> None:
        self.expression = expression

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return eval, (self.expression,)


def slow_model(seconds: float, then: str = "None") -> bytes:
    """Return a model that takes its time to load."""
    expression = f"__import__('time').sleep({seconds}) or {then}"
    return packed({"model.pkl": pickle.dumps(Loading(expression))})


def test_a_job_is_stopped_and_another_one_takes_too_long(jobs: Account) -> None:
    jobs.create("stopped", "SKLEARN", slow_model(600))
    longest = {"MaxRuntimeInSeconds": 4}
    jobs.create("endless", "SKLEARN", slow_model(600), StoppingCondition=longest)
    started = "Compiling a model of SKLEARN for ml_c5."
    wait_until(lambda: started in jobs.log("stopped"))

    jobs.sagemaker.stop_compilation_job(CompilationJobName="stopped")

    stopped = jobs.wait("stopped", "STOPPED")
    assert "ModelDigests" not in stopped
    endless = jobs.wait("endless", "STOPPED")
    assert (endless["CompilationEndTime"] - endless["CompilationStartTime"]).total_seconds() < 60
    with pytest.raises(ClientError, match="The request was rejected because"):
        jobs.sagemaker.stop_compilation_job(CompilationJobName="stopped")


@pytest.mark.parametrize(
    ("archive", "changes", "reason"),
    [
        (
            b"no archive",
            {},
            "ClientError: InputConfiguration: Unable to untar input model. Please confirm the model"
            " is a tar.gz file. file could not be opened successfully:",
        ),
        (
            b"",
            {"source": {"S3Uri": "s3://none/model.tar.gz"}},
            "ClientError: InputConfiguration: S3 object does not exist. Bucket: none, Key:"
            " model.tar.gz",
        ),
        (
            packed({"a.pkl": b"", "b.joblib": b""}),
            {},
            "ClientError: InputConfiguration: Exactly one .joblib, .pkl or .pickle file is allowed"
            " for scikit-learn models, not 2.",
        ),
    ],
)
def test_a_job_without_a_model_fails(
    jobs: Account, archive: bytes, changes: Mapping[str, Any], reason: str
) -> None:
    jobs.create("none", "SKLEARN", archive, **changes)

    job = jobs.wait("none", "FAILED")

    assert job["FailureReason"].startswith(reason)
    assert "ModelDigests" not in job


@pytest.mark.parametrize(
    ("framework", "changes", "message"),
    [
        ("MXNET", {}, "Models of MXNET are not compiled by this server: only those of ONNX,"),
        ("ONNX", {"output": {"TargetDevice": "jetson_nano"}}, "The TargetDevice jetson_nano is"),
        ("ONNX", {"source": {"DataInputConfig": "[[1, 2]]"}}, "DataInputConfig must be a"),
        ("PYTORCH", {"source": {"DataInputConfig": "{"}}, "DataInputConfig is not valid JSON"),
        ("PYTORCH", {"source": {"DataInputConfig": "[[0]]"}}, "DataInputConfig: the shape must"),
        ("XGBOOST", {"source": {"FrameworkVersion": "1.7"}}, "FrameworkVersion is not supported"),
        ("ONNX", {"source": {"S3Uri": "s3://none/model.zip"}}, "InputConfig.S3Uri must point"),
        ("PYTORCH", {"output": {"CompilerOptions": "{'dtype': 'int8'}"}}, "The dtype must be one"),
        ("ONNX", {"output": {"CompilerOptions": '{"speed": 1}'}}, "The compiler option speed is"),
        ("ONNX", {"output": {"CompilerOptions": '"-O2"'}}, "CompilerOptions must be a JSON object"),
    ],
)
def test_what_cannot_be_compiled_is_refused(
    jobs: Account, framework: str, changes: Mapping[str, Any], message: str
) -> None:
    assert jobs.refusal("refused", framework, **changes).startswith(message)


def test_platforms_are_targets_if_they_are_this_machine(jobs: Account) -> None:
    place = f"s3://{jobs.bucket}/compiled"
    arm = {"Os": "ANDROID", "Arch": "ARM_EABI", "Accelerator": "MALI"}
    request = jobs.request("android", "ONNX")
    request["OutputConfig"] = {"S3OutputLocation": place, "TargetPlatform": arm}

    with pytest.raises(ClientError, match="The TargetPlatform ANDROID_ARM_EABI_MALI is not"):
        jobs.sagemaker.create_compilation_job(**request)
    request["OutputConfig"] = {"S3OutputLocation": place}
    with pytest.raises(ClientError, match="Exactly one of TargetDevice and TargetPlatform"):
        jobs.sagemaker.create_compilation_job(**request)


def test_jobs_are_listed_tagged_and_deleted(jobs: Account) -> None:
    names = ["red-1", "blue-2", "red-3"]
    arns = [jobs.create(name, "ONNX", b"", Tags=[{"Key": "n", "Value": name}]) for name in names]
    for name in names:
        jobs.wait(name, "FAILED")

    def listed(**request: Any) -> list[str]:
        pages = jobs.sagemaker.get_paginator("list_compilation_jobs").paginate(
            PaginationConfig={"PageSize": 1}, **request
        )
        return [one["CompilationJobName"] for page in pages for one in page[SUMMARIES]]

    assert listed() == names
    assert listed(NameContains="red", SortOrder="Descending") == ["red-3", "red-1"]
    assert listed(SortBy="Name") == ["blue-2", "red-1", "red-3"]
    assert listed(StatusEquals="FAILED", SortBy="Status") == ["blue-2", "red-1", "red-3"]
    assert listed(StatusEquals="COMPLETED") == []
    (first, *_) = jobs.sagemaker.list_compilation_jobs(MaxResults=1)[SUMMARIES]
    assert listed(CreationTimeAfter=first["CreationTime"]) == names[1:]
    assert first["CompilationTargetDevice"] == "ml_c5"
    assert jobs.sagemaker.list_tags(ResourceArn=arns[0])["Tags"] == [{"Key": "n", "Value": "red-1"}]

    jobs.sagemaker.delete_compilation_job(CompilationJobName="red-1")
    assert listed() == names[1:]
    with pytest.raises(ClientError) as raised:
        jobs.sagemaker.describe_compilation_job(CompilationJobName="red-1")
    assert raised.value.response["Error"]["Code"] == "ResourceNotFound"


def test_a_name_is_taken_once(jobs: Account) -> None:
    jobs.create("taken", "ONNX", b"")

    with pytest.raises(ClientError) as raised:
        jobs.create("taken", "ONNX", b"")

    assert raised.value.response["Error"]["Code"] == "ResourceInUse"


def test_the_model_of_a_package_is_compiled(jobs: Account, models: Path) -> None:
    archive = packed({"model.onnx": (models / "model.onnx").read_bytes()})
    jobs.put("packaged/linear.tar.gz", archive)
    container = {
        "Image": "sagemaker-neo-onnx:1.5.0-cpu-py3",
        "ModelDataUrl": f"s3://{jobs.bucket}/packaged/linear.tar.gz",
        "Framework": "ONNX",
        "ModelInput": {"DataInputConfig": '{"x": [2, 13]}'},
    }
    made = jobs.sagemaker.create_model_package(
        ModelPackageName="linear",
        InferenceSpecification={
            "Containers": [container],
            "SupportedContentTypes": ["application/json"],
            "SupportedResponseMIMETypes": ["application/json"],
        },
    )
    request = jobs.request("packaged", "ONNX", ModelPackageVersionArn=made["ModelPackageArn"])
    request["OutputConfig"]["CompilerOptions"] = "{'quantization': 'int8', 'mcpu': 'znver4'}"
    with pytest.raises(ClientError, match="Provide either a ModelPackageVersionArn or"):
        jobs.sagemaker.create_compilation_job(**request)
    del request["InputConfig"]

    jobs.sagemaker.create_compilation_job(**request)
    job = jobs.wait("packaged", "COMPLETED")

    assert job["ModelPackageVersionArn"] == made["ModelPackageArn"]
    assert job["InputConfig"] == {
        "S3Uri": container["ModelDataUrl"],
        "Framework": "ONNX",
        "DataInputConfig": '{"x": [2, 13]}',
    }
    uri = f"s3://{jobs.bucket}/compiled/linear-ml_c5.tar.gz"
    assert job["ModelArtifacts"] == {"S3ModelArtifacts": uri}
    log = jobs.log("packaged")
    assert log[0].startswith("Compiler options that have no use here: mcpu.")
    assert "Quantized 1 of 1 products of matrices to int8." in log


@pytest.mark.slow
def test_a_job_goes_on_while_the_server_is_dead(tmp_path: Path, models: Path) -> None:
    real = (models / "model.joblib").read_bytes()
    loading = "__import__('joblib').load('/opt/ml/input/model/code/real.joblib')"
    slow = pickle.dumps(Loading(f"__import__('time').sleep(3) or {loading}"))
    account = "123456789012"

    def user(server: LocalServer) -> Account:
        make: Any = boto3.client
        keys = {"aws_access_key_id": account, "aws_secret_access_key": "secret"}
        place = {"endpoint_url": server.url, "region_name": "us-east-1"}
        return Account(lambda service: make(service, **place, **keys), account)

    first = LocalServer(tmp_path)
    with first.running():
        jobs = user(first)
        jobs.create("slow", "SKLEARN", packed({"model.pkl": slow, "code/real.joblib": real}))
        wait_until(lambda: "Compiling a model of SKLEARN for ml_c5." in jobs.log("slow"))
        first.kill()

    with LocalServer(tmp_path).running() as second:
        jobs = user(second)
        job = jobs.wait("slow", "COMPLETED")

        compiled = jobs.get(job["ModelArtifacts"]["S3ModelArtifacts"])
        assert job["ModelDigests"]["ArtifactDigest"] == hashlib.blake2b(compiled).hexdigest()
        log = jobs.log("slow")
        assert len(log) == len(set(log)) == 3


def wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + LONGEST_SECONDS
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.1)
