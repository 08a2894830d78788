"""Jobs where the kernel gives no namespaces: scripts find their files by SageMaker's variables."""

from functools import partial
from pathlib import Path

from outcrop import LocalServer
from tests.own_clients import client_of
from tests.services.sagemaker.test_restarts import ACCOUNT
from tests.services.sagemaker.test_training_jobs import JOB, TRAIN, Account


def test_a_script_trains_by_its_variables_and_two_instances_are_refused(tmp_path: Path) -> None:
    with LocalServer(tmp_path, settings={"OUTCROP_JOBS_SANDBOX": "none"}).running() as server:
        jobs = Account(partial(client_of, server), ACCOUNT)
        jobs.create("one", TRAIN)
        two = {**JOB["ResourceConfig"], "InstanceCount": 2}
        jobs.create("two", TRAIN, ResourceConfig=two)
        trained = jobs.wait("one", "Completed")
        refused = jobs.wait("two", "Failed")

        assert "accuracy=1.0" in jobs.log("one")
        assert list(jobs.archive(trained["ModelArtifacts"]["S3ModelArtifacts"])) == ["algo-1"]
    assert refused["FailureReason"] == (
        "InternalServerError: without namespaces the instances of a job do not find one another"
        " by name"
    )
