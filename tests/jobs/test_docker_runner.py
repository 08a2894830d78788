"""Images in containers: what Docker's client is told, and what comes of it where there is a daemon.

Docker's client itself reads the command line here, whether there is a daemon or not.
"""

import asyncio
import shutil
import subprocess
import urllib.request
import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from outcrop.jobs.docker.client import SYSTEM_PATH, client_of, lines_of
from outcrop.jobs.docker.networks import network_of
from outcrop.jobs.docker.runner import DockerRunner
from outcrop.jobs.interface import THIS_MACHINE, CannotRunError, Limits, Mount, Program
from outcrop.jobs.process.runner import ProcessRunner
from tests.docker_images import DOCKER, PYTHON, containers, image, needs_daemon

pytestmark = pytest.mark.anyio

IMAGE = "registry.test/mine:1"
NOWHERE = "unix:///nowhere/docker.sock"
needs_client = pytest.mark.skipif(shutil.which("docker") is None, reason="needs Docker's client")
SEES = """
import os, pathlib, signal, socket, time
def stop(*_):
    print("stopping", flush=True)
    raise SystemExit(3)
signal.signal(signal.SIGTERM, stop)
pathlib.Path("/opt/ml/done").touch()
print(socket.gethostname(), flush=True)
for name in ("SECRET", "DOCKER_HOST", "LINES"):
    print(repr(os.environ[name]), flush=True)
try:
    pathlib.Path("/opt/ml/input/new").touch()
except OSError as error:
    print(error.strerror, flush=True)
while True:
    time.sleep(0.1)
"""


def program(folder: Path, *command: str, **changes: object) -> Program:
    given: dict[str, object] = {
        "image": IMAGE,
        "command": command,
        "environment": {
            "SECRET": "hidden",
            "HOME": "/tmp",
            "DOCKER_HOST": "tcp://elsewhere:1",
            "LINES": "one\ntwo",
        },
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
    variables = Path("/dev/null")
    return client_of([DOCKER, "--host", NOWHERE], "run-1", run, variables).command


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
        f" --env-file /dev/null --env LINES=one\ntwo --entrypoint python {IMAGE} -u train"
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


def test_nothing_that_a_program_is_told_tells_the_client_something(tmp_path: Path) -> None:
    asked = program(tmp_path, "train")

    client = client_of([DOCKER], "run-1", asked, tmp_path / "variables")

    assert client.environment == {"PATH": SYSTEM_PATH}
    assert list(lines_of(asked.environment)) == [
        "SECRET=hidden",
        "HOME=/tmp",
        "DOCKER_HOST=tcp://elsewhere:1",
    ]


@needs_daemon
async def test_a_container_is_run_stopped_found_again_and_removed(tmp_path: Path) -> None:
    runs, run_id = tmp_path / "runs", uuid.uuid4().hex
    (tmp_path / "a,b").mkdir()
    asked = in_image(tmp_path, SEES)
    first = runner(runs)
    await first.start(run_id, asked)

    second = runner(runs)
    seen: list[str] = []
    async for batch in second.lines(run_id):
        seen += [line.text for line in batch]
        if seen[-1] == "Read-only file system":
            await second.stop(run_id)
    end = await asyncio.wait_for(second.end(run_id), 60)
    await second.forget(run_id)

    assert seen == [
        "algo-1",
        "'hidden'",
        "'tcp://elsewhere:1'",
        r"'one\ntwo'",
        "Read-only file system",
        "stopping",
    ]
    assert (end.reason, end.exit_code) == ("stopped", 3)
    assert (tmp_path / "done").exists()
    assert containers(run_id) == []


@needs_daemon
@pytest.mark.parametrize(
    ("script", "reason", "exit_code"),
    [
        ("held = bytearray(1 << 30); held[:] = b'x' * len(held)", "out-of-memory", 137),
        ("import time; time.sleep(60)", "timed-out", 137),
        ("raise SystemExit(5)", "exited", 5),
    ],
)
async def test_containers_are_held_to_their_limits(
    tmp_path: Path, script: str, reason: str, exit_code: int
) -> None:
    run_id = uuid.uuid4().hex
    limits = Limits(memory_bytes=64 << 20, processes=64, seconds=3, grace_seconds=0.1)
    docker = runner(tmp_path / "runs")

    await docker.start(run_id, in_image(tmp_path, script, mounts=(), limits=limits))
    end = await asyncio.wait_for(docker.end(run_id), 60)

    assert (end.reason, end.exit_code) == (reason, exit_code)
    assert containers(run_id) == []
    await docker.forget(run_id)


@needs_daemon
async def test_an_image_that_is_nowhere_ends_with_dockers_words(tmp_path: Path) -> None:
    run_id = uuid.uuid4().hex
    docker = runner(tmp_path / "runs")

    await docker.start(run_id, in_image(tmp_path, "", image="localhost:1/nowhere:1", mounts=()))
    end = await asyncio.wait_for(docker.end(run_id), 60)
    lines = [line.text async for batch in docker.lines(run_id) for line in batch]
    await docker.forget(run_id)

    assert (end.reason, end.exit_code) == ("exited", 125)
    assert "localhost:1" in "".join(lines)


@needs_daemon
async def test_isolated_peers_reach_one_another_and_not_this_machine(tmp_path: Path) -> None:
    ids = [uuid.uuid4().hex, uuid.uuid4().hex]
    script = """
import socket, sys, time
listening = socket.create_server(("0.0.0.0", 7000))
for _ in range(100):
    try:
        socket.create_connection(("algo-%s", 7000), 1).close()
        print("reached", flush=True)
        break
    except OSError:
        time.sleep(0.1)
try:
    socket.create_connection(("127.0.0.1", %d), 1)
except OSError as error:
    print(error.strerror, flush=True)
listening.accept()
"""
    docker = runner(tmp_path / "runs")
    async with serving_health() as port:
        for number, (run_id, peer) in enumerate(zip(ids, reversed(ids), strict=True), 1):
            asked = in_image(
                tmp_path,
                script % (3 - number, port),
                mounts=(),
                host_name=f"algo-{number}",
                has_network=False,
                peers=(peer,),
                limits=Limits(seconds=30),
            )
            await docker.start(run_id, asked)
        ends = [await docker.end(run_id) for run_id in ids]
    said = [[line.text async for batch in docker.lines(run_id) for line in batch] for run_id in ids]
    for run_id in ids:
        await docker.forget(run_id)

    assert [end.exit_code for end in ends] == [0, 0]
    assert said == [["reached", "Connection refused"]] * 2
    network = network_of(ids[0], in_image(tmp_path, "", has_network=False, peers=(ids[1],)))
    assert network not in networks()


@needs_daemon
async def test_what_listens_is_reached_measured_and_reaches_the_server(tmp_path: Path) -> None:
    run_id = uuid.uuid4().hex
    async with serving_health() as port:
        docker = runner(tmp_path / "runs", url=f"http://127.0.0.1:{port}")
        asked = Program(
            image=image(),
            command=("serve",),
            environment={"AWS_ENDPOINT_URL": f"http://{THIS_MACHINE}:{port}"},
            directory="/",
            mounts=[Mount(source=tmp_path, target="/opt/ml/model")],
            port=8080,
            limits=Limits(grace_seconds=10),
        )
        await docker.start(run_id, asked)
        async for batch in docker.lines(run_id):
            assert [line.text for line in batch] == ["serves"]
            break
        address = await docker.address(run_id)
        usage = await docker.usage(run_id)
        said = await asyncio.to_thread(asked_of, f"http://{address}:8080/invocations", b"health")

    assert said == b"200"
    assert usage is not None
    assert usage.processor_seconds > 0
    assert usage.memory_bytes > 1 << 20
    await docker.stop(run_id)
    assert (await docker.end(run_id)).exit_code == 0
    assert await docker.address(run_id) is None
    await docker.forget(run_id)
    await docker.close()


def networks() -> Sequence[str]:
    listing = [DOCKER, "network", "ls", "--format", "{{.Name}}"]
    return subprocess.run(listing, capture_output=True, check=True, text=True).stdout.split()


@asynccontextmanager
async def serving_health() -> AsyncGenerator[int]:
    """Give the port of this machine where each request is answered 200."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def asked_of(url: str, question: bytes) -> bytes:
    with urllib.request.urlopen(url, question, 10) as answer:
        content: bytes = answer.read()
        return content


def runner(runs: Path, *, url: str = "") -> DockerRunner:
    return DockerRunner(ProcessRunner(runs), runs, docker=[DOCKER], url=url)


def in_image(folder: Path, script: str, **changes: object) -> Program:
    given: dict[str, object] = {"image": image(), "limits": Limits(grace_seconds=10), **changes}
    return program(folder, "-c", script, entrypoint=(PYTHON,), **given)
