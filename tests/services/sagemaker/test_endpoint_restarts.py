"""A server that dies or stops while an endpoint is in service, and the one that comes after it."""

import urllib.request
from functools import partial
from pathlib import Path

import pytest

from outcrop import LocalServer
from tests.own_clients import client_of
from tests.services.sagemaker.endpoint_account import EndpointAccount

ACCOUNT = "123456789012"
SCRIPT = """
import json, uuid
def model_fn(folder):
    return uuid.uuid4().hex
def input_fn(content, content_type):
    return content
def predict_fn(data, model):
    return model
"""


def user(server: LocalServer) -> EndpointAccount:
    return EndpointAccount(partial(client_of, server), ACCOUNT)


def runs(folder: Path) -> list[Path]:
    return list((folder / "jobs" / "runs").iterdir())


def test_an_endpoint_answers_by_the_same_processes_after_the_server_was_killed(
    tmp_path: Path,
) -> None:
    first = LocalServer(tmp_path)
    with first.running():
        user(first).deploy("kept", SCRIPT)
        before = user(first).ask("kept")
        first.kill()

    with LocalServer(tmp_path).running() as second:
        assert user(second).ask("kept") == before
        user(second).sagemaker.delete_endpoint(EndpointName="kept")
        user(second).sagemaker.get_waiter("endpoint_deleted").wait(
            EndpointName="kept", WaiterConfig={"Delay": 1}
        )
        assert runs(tmp_path) == []


def test_a_server_that_stops_ends_its_endpoints_and_the_next_starts_them_anew(
    tmp_path: Path,
) -> None:
    with LocalServer(tmp_path).running() as first:
        user(first).deploy("kept", SCRIPT)
        before = user(first).ask("kept")
    assert runs(tmp_path) == []

    with LocalServer(tmp_path).running() as second:
        assert user(second).ask("kept") != before


def test_an_account_that_is_emptied_has_no_endpoint_and_no_process_left(tmp_path: Path) -> None:
    with LocalServer(tmp_path).running() as server:
        emptied = user(server)
        emptied.deploy("gone", SCRIPT)

        asked = urllib.request.Request(f"{server.url}/_outcrop/reset", method="POST")
        urllib.request.urlopen(asked).close()

        with pytest.raises(emptied.runtime.exceptions.ValidationError, match="not found"):
            emptied.ask("gone")
        fleets = tmp_path / "jobs" / "fleets"
        emptied.until(lambda: runs(tmp_path) == [] and not list(fleets.iterdir()))


def test_endpoints_have_no_more_instances_than_the_machine_may_serve(tmp_path: Path) -> None:
    settings = {"OUTCROP_JOBS_ENDPOINT_INSTANCES": "1"}
    with LocalServer(tmp_path, settings=settings).running() as server:
        one = user(server)
        one.deploy("first", SCRIPT)
        one.sagemaker.create_endpoint(EndpointName="second", EndpointConfigName="first")
        reason = one.wait("second", "Failed")["FailureReason"]
        assert reason.startswith("InsufficientInstanceCapacity: all endpoints of this machine may")

        one.sagemaker.delete_endpoint(EndpointName="first")
        one.until(lambda: not one.sagemaker.list_endpoints(NameContains="first")["Endpoints"])
        one.sagemaker.create_endpoint(EndpointName="third", EndpointConfigName="first")
        one.wait("third")
