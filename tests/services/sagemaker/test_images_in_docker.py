"""Images that no runtime stands for, where Docker is to run them and there is no daemon."""

import shutil
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from outcrop import LocalServer
from tests.services.sagemaker.endpoint_account import EndpointAccount
from tests.services.sagemaker.test_restarts import ACCOUNT, client
from tests.services.sagemaker.test_training_jobs import JOB, Account

NOWHERE = {
    "OUTCROP_JOBS_RUNNER": "docker",
    "OUTCROP_JOBS_DOCKER_HOST": "unix:///nowhere/docker.sock",
}
pytestmark = pytest.mark.skipif(shutil.which("docker") is None, reason="needs Docker's client")


def test_an_image_without_a_daemon_fails_and_runtimes_run_as_ever(tmp_path: Path) -> None:
    with LocalServer(tmp_path, settings=NOWHERE).running() as server:
        user = Account(lambda service: client(server, service), ACCOUNT)
        image = {"TrainingImage": "registry.test/mine:1", "TrainingInputMode": "File"}
        user.sagemaker.create_training_job(
            **{**user.request("image"), "AlgorithmSpecification": image}
        )
        command = {"ContainerEntrypoint": ["sh", "-c", "hostname"]}
        algorithm = {**JOB["AlgorithmSpecification"], **command}
        user.sagemaker.create_training_job(
            **{**user.request("runtime"), "AlgorithmSpecification": algorithm}
        )

        reason = user.wait("image", "Failed")["FailureReason"]
        assert reason.startswith("InternalServerError: Docker runs no images here: ")
        user.wait("runtime", "Completed")
        assert user.log("runtime") == ["algo-1"]

        endpoints = EndpointAccount(lambda service: client(server, service), ACCOUNT)
        with pytest.raises(
            ClientError, match=r"of the image registry\.test/mine:1 .* cannot serve"
        ):
            endpoints.put_script("served", Image="registry.test/mine:1")
