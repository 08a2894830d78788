"""Images in containers: what Docker's client is told, and what comes of it where there is a daemon.

Docker's client itself reads the command line here, whether there is a daemon or not.
"""

import asyncio
import shutil
import subprocess
import uuid
from collections.abc import Sequence
from pathlib import Path

import pytest

from outcrop.jobs.docker.client import client_of, network_of
from outcrop.jobs.docker.runner import DockerRunner
from outcrop.jobs.interface import CannotRunError, Limits, Mount, Program
from outcrop.jobs.process.runner import ProcessRunner

pytestmark = pytest.mark.anyio

DOCKER = shutil.which("docker") or "docker"
IMAGE = "busybox:1.36"
NOWHERE = "unix:///nowhere/docker.sock"
needs_client = pytest.mark.skipif(shutil.which("docker") is None, reason="needs Docker's client")
needs_daemon = pytest.mark.skipif(
    shutil.which("docker") is None
    or subprocess.run(
        [DOCKER, "run", "--rm", IMAGE, "true"], capture_output=True, check=False
    ).returncode
    != 0,
    reason="needs a Docker daemon that has or gets busybox",
)


def program(folder: Path, *command: str, **changes: object) -> Program:
    given: dict[str, object] = {
        "image": IMAGE,
        "command": command,
        "environment": {"SECRET": "hidden", "HOME": "/tmp", "DOCKER_HOST": "tcp://elsewhere:1"},
        "directory": "/opt/ml",
        "host_name": "algo-1",
        "hosts": {"algo-1": "127.3.4.1", "algo-2": "127.3.4.2"},
        "mounts": [
            Mount(source=folder, target="/opt/ml", access="write"),
            Mount(source=folder / "a,b", target="/opt/ml/input", access="private"),
        ],
        "limits": Limits(cpus=2, memory_bytes=1 << 30, processes=512, gpus=1, seconds=60),
        **changes,
    }
    return Program(**given)  # type: ignore[arg-type]


def told(run: Program) -> Sequence[str]:
    return client_of([DOCKER, "--host", NOWHERE], "run-1", run).command


def test_the_client_is_told_all_but_secrets(tmp_path: Path) -> None:
    asked = program(tmp_path, "train", entrypoint=("python", "-u"))

    command = told(asked)

    assert command[:3] == [DOCKER, "--host", NOWHERE]
    assert " ".join(command[3:]) == (
        "run --name outcrop-run-1 --pull missing --quiet --network host --hostname algo-1"
        " --add-host algo-1:127.3.4.1 --add-host algo-2:127.3.4.2"
        " --cpus 2 --memory 1073741824 --memory-swap 1073741824 --shm-size 1073741824"
        " --pids-limit 512 --gpus all --env CUDA_VISIBLE_DEVICES"
        f" --mount type=bind,source={tmp_path},target=/opt/ml"
        f' --mount type=bind,"source={tmp_path}/a,b",target=/opt/ml/input,readonly'
        " --env SECRET --env HOME=/tmp --env DOCKER_HOST=tcp://elsewhere:1"
        f" --entrypoint python {IMAGE} -u train"
    )


def test_isolated_instances_have_a_network_of_their_own() -> None:
    alone = Program(command=(), environment={}, directory="/", image=IMAGE, has_network=False)
    one, two = (
        Program(
            command=(), environment={}, directory="/", image=IMAGE, has_network=False, peers=(peer,)
        )
        for peer in ("b", "a")
    )

    assert network_of("a", alone) == "none"
    assert network_of("a", one) == network_of("b", two)
    assert network_of("a", one).startswith("outcrop-")


@needs_client
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"entrypoint": ("python", "-u")},
        {"has_network": False},
        {"has_network": False, "peers": ("run-2",)},
        {"limits": Limits(), "host_name": "", "hosts": {}},
    ],
)
def test_dockers_client_takes_the_command_line(tmp_path: Path, changes: dict[str, object]) -> None:
    done = subprocess.run(
        told(program(tmp_path, "train", **changes)), capture_output=True, check=False, text=True
    )

    assert done.returncode == 125
    assert "/nowhere/docker.sock" in done.stderr  # It has read all else, and looks for its daemon.


@needs_client
async def test_what_has_an_image_needs_a_daemon_and_all_else_does_not(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    runner = DockerRunner(ProcessRunner(runs), runs, docker=[DOCKER, "--host", NOWHERE])

    with pytest.raises(CannotRunError, match="Docker runs no images here: "):
        await runner.start("image", program(tmp_path, "train"))
    await runner.start(
        "plain", Program(command=["echo", "hello"], environment={"PATH": "/bin"}, directory="/")
    )
    lines = [line.text async for batch in runner.lines("plain") for line in batch]
    end = await runner.end("plain")
    await runner.forget("plain")

    assert (lines, end.exit_code) == (["hello"], 0)
    assert [path.name for path in runs.iterdir() if path.is_dir()] == []


@needs_daemon
async def test_a_container_is_run_stopped_found_again_and_removed(tmp_path: Path) -> None:
    runs, run_id = tmp_path / "runs", uuid.uuid4().hex
    (tmp_path / "a,b").mkdir()
    script = "trap 'echo stopping; exit 3' TERM; cat /proc/sys/kernel/hostname; echo $SECRET;"
    script += " touch /opt/ml/done; while true; do sleep 0.1; done"
    asked = program(tmp_path, "-c", script, entrypoint=("sh",), limits=Limits(grace_seconds=10))
    first = DockerRunner(ProcessRunner(runs), runs, docker=[DOCKER])
    await first.start(run_id, asked)

    second = DockerRunner(ProcessRunner(runs), runs, docker=[DOCKER])
    seen: list[str] = []
    async for batch in second.lines(run_id):
        seen += [line.text for line in batch]
        if seen[-1] == "hidden":
            await second.stop(run_id)
    end = await asyncio.wait_for(second.end(run_id), 60)
    await second.forget(run_id)

    assert seen == ["algo-1", "hidden", "stopping"]
    assert (end.reason, end.exit_code) == ("stopped", 3)
    assert (tmp_path / "done").exists()
    assert left_of(run_id) == b""


def left_of(run_id: str) -> bytes:
    return subprocess.run(
        [DOCKER, "ps", "--all", "--quiet", "--filter", f"name={run_id}"],
        capture_output=True,
        check=True,
    ).stdout
