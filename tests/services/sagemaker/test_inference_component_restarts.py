"""A server that dies while inference components are served or made, and the one after it."""

from pathlib import Path

from outcrop import LocalServer
from tests.services.sagemaker.component_account import WHO, ComponentAccount
from tests.services.sagemaker.test_endpoint_restarts import runs, user


def components(server: LocalServer) -> ComponentAccount:
    return ComponentAccount(user(server))


def test_components_go_on_after_the_server_was_killed(tmp_path: Path) -> None:
    first = LocalServer(tmp_path)
    with first.running():
        before = components(first)
        before.host(ManagedInstanceScaling={"Status": "ENABLED", "MaxInstanceCount": 4})
        for name in ("kept", "changed"):
            before.deploy(name, WHO, cpus=2)
        answer = before.ask("kept")
        before.create("begun", model="kept", cpus=2)
        before.user.put_script("next")
        before.sagemaker.update_inference_component(
            InferenceComponentName="changed", Specification={"ModelName": "next"}
        )
        first.kill()

    with LocalServer(tmp_path).running() as second:
        after = components(second)
        assert after.ask("kept") == answer
        after.wait("begun")
        assert after.ask("begun") != answer
        assert "FailureReason" not in after.wait("changed")
        assert after.ask("changed", 1) == {"model": "next", "data": 1}
        after.user.until(lambda: after.instances() == 3)

        for one in ("kept", "changed", "begun"):
            after.delete(one)
        assert runs(tmp_path) == []
        assert after.instances() == 1
        after.sagemaker.delete_endpoint(EndpointName="host")


def test_a_component_that_is_being_deleted_when_the_server_dies_is_gone_afterwards(
    tmp_path: Path,
) -> None:
    first = LocalServer(tmp_path)
    with first.running():
        before = components(first)
        before.host()
        before.deploy("gone")
        before.sagemaker.delete_inference_component(InferenceComponentName="gone")
        first.kill()

    with LocalServer(tmp_path).running() as second:
        after = components(second)
        after.user.until(lambda: after.names() == [])
        assert runs(tmp_path) == []
        after.sagemaker.delete_endpoint(EndpointName="host")
