"""Compilation jobs through boto3: compiled, checked, measured, served, refused."""

import hashlib
import io
import json
import subprocess
import tarfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.installed_runtimes import program_environment, runtime_python
from tests.services.sagemaker.endpoint_account import EndpointAccount, packed

PROGRAM = Path(__file__).parent / "programs" / "compilation_models.py"
LOG_GROUP = "/aws/sagemaker/CompilationJobs"
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
        found = self.logs.get_log_events(logGroupName=LOG_GROUP, logStreamName=name)
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


def serve(endpoints: EndpointAccount, name: str, **variant: Any) -> None:
    endpoints.configure(name, {"ModelName": name, **variant})
    endpoints.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    endpoints.wait(name)
