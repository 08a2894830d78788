"""Training jobs on a Ray cluster: a server that is killed finds them again, with whole logs."""

import importlib.util
import io
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from outcrop import LocalServer
from tests.own_clients import client_of
from tests.services.sagemaker.test_restarts import create, printed, wait_until
from tests.services.sagemaker.test_training_jobs import JOB

pytestmark = [
    pytest.mark.slow,  # The cluster takes half a minute to start and to stop.
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs outcrop[ray]"),
    # Ray's own: files of its processes are left to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::FutureWarning"),
]
MODEL = "models/two/output/model.tar.gz"
SCRIPT = """
import os, pathlib, socket, time
host = os.environ["SM_CURRENT_HOST"]
print("found", socket.gethostbyname("algo-1") != socket.gethostbyname("algo-2"), flush=True)
for n in range(100):
    print("line", n, flush=True)
    time.sleep(0.1)
pathlib.Path(os.environ["SM_MODEL_DIR"], host).write_text("whole")
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    from tests.jobs.ray_nodes import nodes  # noqa: PLC0415 - Ray need not be there

    with nodes(2, cpus=1) as (address, _):
        yield address


def test_a_job_on_two_nodes_goes_on_while_the_server_is_dead(tmp_path: Path, cluster: str) -> None:
    settings = {"OUTCROP_JOBS_RUNNER": "ray", "OUTCROP_JOBS_RAY_ADDRESS": cluster}
    first = LocalServer(tmp_path, settings=settings)
    two = {**JOB["ResourceConfig"], "InstanceCount": 2}
    with first.running():
        create(first, "two", SCRIPT, ResourceConfig=two)
        wait_until(first, lambda: len(printed(first)) > 10)
        first.kill()

    with LocalServer(tmp_path, settings=settings).running() as second:
        describe = client_of(second, "sagemaker").describe_training_job
        wait_until(
            second, lambda: describe(TrainingJobName="two")["TrainingJobStatus"] != "InProgress"
        )
        job = describe(TrainingJobName="two")

        assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
        lines = Counter(printed(second))
        body = client_of(second, "s3").get_object(Bucket="data", Key=MODEL)["Body"].read()
    assert lines == {f"line {n}": 2 for n in range(100)}  # Each instance prints them.
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        assert archive.getnames() == ["algo-1", "algo-2"]
