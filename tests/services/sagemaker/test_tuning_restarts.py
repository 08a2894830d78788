"""A server that dies while it tunes: the next one goes on, and launches nothing twice."""

from pathlib import Path

from outcrop import LocalServer
from tests.own_clients import client_of
from tests.services.sagemaker.test_restarts import ACCOUNT, wait_until
from tests.services.sagemaker.test_tuning_jobs import Account, tuned


def test_a_tuning_job_goes_on_with_the_next_server(tmp_path: Path) -> None:
    values = ["0.1", "0.2", "0.3", "0.4", "0.5"]
    first = LocalServer(tmp_path)
    with first.running():
        user = Account(lambda service: client_of(first, service), ACCOUNT)
        user.create(
            "tuned",
            {"Strategy": "Grid"},
            ranges={"CategoricalParameterRanges": [{"Name": "x", "Values": values}]},
            static={"epochs": "4", "slow": "0.5"},
            most=None,
        )
        wait_until(
            first, lambda: user.describe("tuned")["TrainingJobStatusCounters"]["Completed"] > 0
        )
        first.kill()

    second = LocalServer(tmp_path, port=first.port)  # Scripts know where it was.
    with second.running():
        user = Account(lambda service: client_of(second, service), ACCOUNT)
        told = user.ended("tuned")

        assert told["HyperParameterTuningJobStatus"] == "Completed", told.get("FailureReason")
        assert told["TrainingJobStatusCounters"]["Completed"] == len(values)
        assert tuned(user.trials("tuned")) == [{"x": value} for value in values]
        assert told["BestTrainingJob"]["TunedHyperParameters"] == {"x": "0.5"}
        value = told["BestTrainingJob"]["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
        assert value == 2.0
