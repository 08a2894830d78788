"""PostgreSQL goes away while a job runs, and comes back: the job ends as if nothing had been."""

from pathlib import Path

from outcrop import LocalServer
from tests.own_clients import client_of
from tests.postgres_server import PostgresServer
from tests.services.sagemaker.test_restarts import SCRIPT, create, printed, wait_until


def test_a_job_goes_on_when_the_database_is_back(
    postgres: PostgresServer, postgres_url: str, tmp_path: Path
) -> None:
    settings = {"OUTCROP_STORAGE_RECORDS_URL": postgres_url}
    with LocalServer(tmp_path, settings=settings).running() as server:
        create(server, "long", SCRIPT)
        wait_until(server, lambda: len(printed(server)) > 50)
        postgres.kill()
        wait_until(server, lambda: "long goes on in 0.5 s" in server.log())
        postgres.start_again()

        describe = client_of(server, "sagemaker").describe_training_job
        wait_until(
            server,
            lambda: describe(TrainingJobName="long")["TrainingJobStatus"] != "InProgress",
        )
        job = describe(TrainingJobName="long")

        assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
        assert list(dict.fromkeys(printed(server))) == [f"line {n}" for n in range(1000)]
        assert "Traceback" not in server.log()
