"""A server that dies while it looks for models: the next one goes on, and trains none twice."""

from pathlib import Path

import pytest

from outcrop import LocalServer
from tests.own_clients import client_of
from tests.services.sagemaker.test_automl_jobs import SHORT, Account
from tests.services.sagemaker.test_restarts import ACCOUNT, wait_until


@pytest.mark.slow  # What it shows of tuning jobs, the fast tests show.
def test_an_automl_job_goes_on_with_the_next_server(tmp_path: Path) -> None:
    first = LocalServer(tmp_path)
    table = {"TargetAttributeName": "kind", "CompletionCriteria": {**SHORT, "MaxCandidates": 2}}
    with first.running():
        user = Account(lambda service: client_of(first, service), ACCOUNT)
        request = user.request("kinds", AutoMLProblemTypeConfig={"TabularJobConfig": table})
        user.sagemaker.create_auto_ml_job_v2(**request)
        wait_until(first, lambda: len(user.candidates("kinds")) == 2)
        first.kill()

    second = LocalServer(tmp_path, port=first.port)
    with second.running():
        user = Account(lambda service: client_of(second, service), ACCOUNT)
        told = user.ended("kinds")

        assert told["AutoMLJobStatus"] == "Completed", told.get("FailureReason")
        statuses = [one["CandidateStatus"] for one in user.candidates("kinds")]
        assert statuses == ["Completed", "Completed"]
        assert told["BestCandidate"]["FinalAutoMLJobObjectiveMetric"]["Value"] > 0.8
