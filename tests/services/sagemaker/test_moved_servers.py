"""A server that comes back at another port: what an earlier one started finds it all the same."""

import json
from pathlib import Path

from outcrop import LocalServer
from tests.own_clients import client_of
from tests.services.sagemaker.test_endpoint_restarts import user
from tests.services.sagemaker.test_restarts import create, printed, wait_until

WAITS = """
import os, time, urllib.request
print("line started", flush=True)
def is_there():
    try:
        urllib.request.urlopen("http://127.0.0.1:%d/health").close()
    except OSError:
        return False
    return True
while not is_there():
    time.sleep(0.1)
with urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + "/health") as answer:
    print("line answered", answer.status, flush=True)
"""
ASKS = """
import os, urllib.request
def model_fn(folder): pass
def input_fn(content, content_type): pass
def predict_fn(data, model):
    with urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + "/health") as answer:
        return answer.status
"""


def test_a_program_that_outlived_its_server_reaches_the_next_at_another_port(
    tmp_path: Path,
) -> None:
    first, second = LocalServer(tmp_path), LocalServer(tmp_path)
    assert first.port != second.port
    with first.running():
        create(first, "moved", WAITS % second.port)
        wait_until(first, lambda: printed(first) == ["line started"])
        user(first).deploy("moved", ASKS)
        first.kill()

    with second.running():
        describe = client_of(second, "sagemaker").describe_training_job
        wait_until(
            second, lambda: describe(TrainingJobName="moved")["TrainingJobStatus"] == "Completed"
        )
        assert printed(second) == ["line started", "line answered 200"]
        assert user(second).ask("moved") == 200
    ports = tmp_path / "jobs" / "ports.json"
    assert json.loads(ports.read_text()) == [first.port, second.port]

    third = LocalServer(tmp_path)
    with third.running():  # The second has ended all: nobody looks elsewhere any more.
        assert user(third).ask("moved") == 200
        assert json.loads(ports.read_text()) == [third.port]
