"""Images that no runtime stands for: run by a Docker daemon, and refused where there is none."""

import shutil
from collections.abc import Generator, Mapping
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from outcrop import LocalServer
from tests.docker_images import PYTHON, containers, image, needs_daemon
from tests.own_clients import client_of
from tests.services.sagemaker.endpoint_account import EndpointAccount, packed
from tests.services.sagemaker.test_processing_jobs import CODE
from tests.services.sagemaker.test_processing_jobs import Account as Processing
from tests.services.sagemaker.test_restarts import ACCOUNT
from tests.services.sagemaker.test_training_jobs import JOB, Account
from tests.services.sagemaker.test_transform_jobs import Transforms

DOCKER = {"OUTCROP_JOBS_RUNNER": "docker"}
NOWHERE = {**DOCKER, "OUTCROP_JOBS_DOCKER_HOST": "unix:///nowhere/docker.sock"}
needs_client = pytest.mark.skipif(shutil.which("docker") is None, reason="needs Docker's client")


@needs_client
def test_an_image_without_a_daemon_fails_and_runtimes_run_as_ever(tmp_path: Path) -> None:
    with LocalServer(tmp_path, settings=NOWHERE).running() as server:
        user = trainer(server)
        user.sagemaker.create_training_job(
            **{**user.request("image"), "AlgorithmSpecification": algorithm("registry.test/mine:1")}
        )
        command = {"ContainerEntrypoint": ["sh", "-c", "hostname"]}
        user.sagemaker.create_training_job(
            **{
                **user.request("runtime"),
                "AlgorithmSpecification": {**JOB["AlgorithmSpecification"], **command},
            }
        )

        reason = user.wait("image", "Failed")["FailureReason"]
        assert reason.startswith("InternalServerError: Docker runs no images here: ")
        user.wait("runtime", "Completed")
        assert user.log("runtime") == ["algo-1"]

        endpoints = endpoints_of(server)
        endpoints.put_script("served", Image="registry.test/mine:1")
        endpoints.configure("served", {"ModelName": "served"})
        endpoints.sagemaker.create_endpoint(EndpointName="served", EndpointConfigName="served")
        reason = endpoints.wait("served", "Failed")["FailureReason"]
        assert "did not pass the ping health check" in reason
        assert "Docker runs no images here: " in reason


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[LocalServer, None, None]:
    folder = tmp_path_factory.mktemp("docker")
    with LocalServer(folder, settings=DOCKER).running() as running:
        yield running


@needs_daemon
def test_two_containers_train_and_leave_a_model(server: LocalServer) -> None:
    user = trainer(server)
    user.s3.put_object(Bucket=user.bucket, Key="numbers/one", Body=b"1 2 3\n")
    user.s3.put_object(Bucket=user.bucket, Key="numbers/two", Body=b"4\n")
    resources = {**JOB["ResourceConfig"], "InstanceCount": 2}

    user.sagemaker.create_training_job(
        **{
            **user.request("sums"),
            "AlgorithmSpecification": algorithm(image()),
            "InputDataConfig": [user.channel("numbers")],
            "ResourceConfig": resources,
            "Environment": {"LINES": "'one'\ntwo"},
        }
    )
    job = user.wait("sums", "Completed")

    assert user.archive(job["ModelArtifacts"]["S3ModelArtifacts"])["sum"] == b"10"
    for number in (1, 2):
        assert user.log("sums", f"algo-{number}") == [
            f"trains on algo-{number} of 2",
            "known True 'one'",
            "two",
        ]
    assert containers("sums") == []


@needs_daemon
def test_isolated_containers_meet_and_get_no_credentials(server: LocalServer) -> None:
    user = trainer(server)
    user.s3.put_object(Bucket=user.bucket, Key="numbers/one", Body=b"1 2 3\n")

    user.sagemaker.create_training_job(
        **{
            **user.request("isolated"),
            "AlgorithmSpecification": algorithm(image()),
            "InputDataConfig": [user.channel("numbers/one")],
            "ResourceConfig": {**JOB["ResourceConfig"], "InstanceCount": 2},
            "EnableNetworkIsolation": True,
        }
    )
    user.wait("isolated", "Completed")

    for number in (1, 2):
        assert user.log("isolated", f"algo-{number}") == [
            f"trains on algo-{number} of 2",
            "known False None",
        ]


@needs_daemon
def test_a_container_that_fails_says_why(server: LocalServer) -> None:
    user = trainer(server)

    user.sagemaker.create_training_job(
        **{
            **user.request("fails"),
            "AlgorithmSpecification": algorithm(image()),
            "Environment": {"FAIL": "1"},
        }
    )

    reason = user.wait("fails", "Failed")["FailureReason"]
    assert reason == "AlgorithmError: told to fail, exit code: 3"


@needs_daemon
def test_a_container_processes(server: LocalServer) -> None:
    user = Processing(lambda service: client_of(server, service), ACCOUNT)
    script = """
import pathlib
root = pathlib.Path("/opt/ml/processing")
rows = "".join(path.read_text() for path in sorted((root / "input/data").rglob("*.csv")))
(root / "output/train").mkdir(parents=True, exist_ok=True)
(root / "output/train/rows.csv").write_text(rows)
"""
    request = user.request("counted")
    user.put("code/run.py", script)
    inputs = [
        user.input("data", "data", "/opt/ml/processing/input/data"),
        user.input("code", "code", CODE),
    ]
    outputs = [user.output("train", "/opt/ml/processing/output/train")]
    specification = {"ImageUri": image(), "ContainerEntrypoint": [PYTHON, f"{CODE}/run.py"]}

    user.sagemaker.create_processing_job(
        **{
            **request,
            "AppSpecification": specification,
            "ProcessingInputs": inputs,
            "ProcessingOutputConfig": {"Outputs": outputs},
        }
    )
    user.wait("counted", "Completed")

    found = user.s3.get_object(Bucket=user.bucket, Key="out/train/rows.csv")["Body"].read()
    assert found == b"0,1\n0,2\n1,1\n1,2\n"


@needs_daemon
def test_a_container_serves_a_model_by_its_contract(server: LocalServer) -> None:
    user = endpoints_of(server)
    user.put_model("own", SUM, Image=image(), Environment={"LINES": "one\ntwo"})
    user.configure("own", {"ModelName": "own"})
    user.sagemaker.create_endpoint(EndpointName="own", EndpointConfigName="own")
    user.wait("own")

    assert ask(user, "own", "model") == "42"
    assert ask(user, "own", "variable LINES") == "one\ntwo"
    assert ask(user, "own", "health") == "200"
    assert ask(user, "own", "header content-type") == "text/plain"
    with pytest.raises(
        ClientError, match=r"status 500|server error \(500\).*Read-only file system"
    ):
        ask(user, "own", "write")
    assert user.log("own") == ["serves"]


@needs_daemon
def test_a_container_that_dies_is_started_anew_and_an_update_brings_others(
    server: LocalServer,
) -> None:
    user = endpoints_of(server)
    user.put_model("dies", SUM, Image=image())
    user.configure("dies", {"ModelName": "dies"})
    user.configure("dies-2", {"ModelName": "dies", "InitialInstanceCount": 2})
    user.sagemaker.create_endpoint(EndpointName="dies", EndpointConfigName="dies")
    user.wait("dies")
    first = ask(user, "dies", "name")

    with pytest.raises(ClientError, match="went away"):
        ask(user, "dies", "die")
    second = ask(user, "dies", "name")
    user.sagemaker.update_endpoint(EndpointName="dies", EndpointConfigName="dies-2")
    user.wait("dies")
    names = {ask(user, "dies", "name") for _ in range(8)}

    assert first != second
    assert second not in names
    user.until(lambda: sorted(user.log("dies")) == ["dies", *["serves"] * 4])
    user.sagemaker.delete_endpoint(EndpointName="dies")
    user.sagemaker.get_waiter("endpoint_deleted").wait(
        EndpointName="dies", WaiterConfig={"Delay": 1}
    )


@needs_daemon
def test_a_container_that_cannot_serve_fails_with_its_last_words(server: LocalServer) -> None:
    user = endpoints_of(server)
    user.put_model("fails", SUM, Image=image(), Environment={"FAIL": "1"})
    user.configure("fails", {"ModelName": "fails"})
    user.sagemaker.create_endpoint(EndpointName="fails", EndpointConfigName="fails")

    reason = user.wait("fails", "Failed")["FailureReason"]

    assert reason.endswith("no model for me (exit code: 1)")


@needs_daemon
def test_an_isolated_container_answers_and_reaches_no_server(server: LocalServer) -> None:
    user = endpoints_of(server)
    user.put_model("alone", SUM, Image=image())
    model = user.sagemaker.describe_model(ModelName="alone")
    user.sagemaker.create_model(
        ModelName="isolated",
        ExecutionRoleArn=model["ExecutionRoleArn"],
        PrimaryContainer=model["PrimaryContainer"],
        EnableNetworkIsolation=True,
    )
    user.configure("isolated", {"ModelName": "isolated"})
    user.sagemaker.create_endpoint(EndpointName="isolated", EndpointConfigName="isolated")
    user.wait("isolated")

    assert ask(user, "isolated", "model") == "42"
    assert ask(user, "isolated", "variable AWS_SESSION_TOKEN") == "None"
    with pytest.raises(ClientError, match=r"URLError|TimeoutError"):
        ask(user, "isolated", "health")


@needs_daemon
def test_many_models_in_a_container_are_refused(server: LocalServer) -> None:
    with pytest.raises(ClientError, match="cannot have the mode MultiModel"):
        endpoints_of(server).put_model("many", SUM, Image=image(), Mode="MultiModel")


@needs_daemon
def test_a_container_transforms(server: LocalServer) -> None:
    user = Transforms(lambda service: client_of(server, service), ACCOUNT)
    user.put_model("sum", SUM, Image=image())
    user.put("in/questions.csv", "model\nvariable SAGEMAKER_BATCH\n")

    parameters = '{"MaxConcurrentTransforms": 2, "BatchStrategy": "SINGLE_RECORD"}'
    output = {"AssembleWith": "Line"}
    for name, more in (
        ("told", {"BatchStrategy": "SingleRecord"}),
        ("asked", {"Environment": {"PARAMETERS": parameters}}),
    ):
        place = {**output, "S3OutputPath": f"s3://{user.bucket}/{name}"}
        user.create(name, TransformOutput=place, **more)
        user.ended(name, "Completed")

        key = f"{name}/questions.csv.out"
        found = user.s3.get_object(Bucket=user.bucket, Key=key)["Body"].read()
        assert found == b"42\ntrue\n"


@needs_daemon
def test_a_container_answers_the_next_server_and_reaches_it(tmp_path: Path) -> None:
    first, second = LocalServer(tmp_path, settings=DOCKER), LocalServer(tmp_path, settings=DOCKER)
    with first.running():
        user = endpoints_of(first)
        user.put_model("kept", SUM, Image=image())
        user.configure("kept", {"ModelName": "kept"})
        user.sagemaker.create_endpoint(EndpointName="kept", EndpointConfigName="kept")
        user.wait("kept")
        before = ask(user, "kept", "name")
        first.kill()

    assert second.port != first.port
    with second.running():
        user = endpoints_of(second)
        assert ask(user, "kept", "name") == before
        assert ask(user, "kept", "health") == "200"
        user.sagemaker.delete_endpoint(EndpointName="kept")
        user.sagemaker.get_waiter("endpoint_deleted").wait(
            EndpointName="kept", WaiterConfig={"Delay": 1}
        )
        assert list((tmp_path / "jobs" / "runs").iterdir()) == []


SUM = packed({"sum": "42"})


def trainer(server: LocalServer) -> Account:
    return Account(lambda service: client_of(server, service), ACCOUNT)


def endpoints_of(server: LocalServer) -> EndpointAccount:
    return EndpointAccount(lambda service: client_of(server, service), ACCOUNT)


def algorithm(name: str) -> Mapping[str, str]:
    return {"TrainingImage": name, "TrainingInputMode": "File"}


def ask(user: EndpointAccount, name: str, question: str) -> str:
    answer = user.runtime.invoke_endpoint(
        EndpointName=name, ContentType="text/plain", Body=question.encode()
    )
    content: bytes = answer["Body"].read()
    return content.decode()
