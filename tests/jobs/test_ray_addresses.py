"""Programs on nodes of a Ray cluster that have addresses of their own: they meet over the network.

The second node is a machine as far as its network goes: a namespace behind a cable of its own.
"""

import contextlib
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from outcrop.jobs.interface import Limits, Mount, Program
from outcrop.jobs.ray.runner import RayRunner
from outcrop.local import free_port

if TYPE_CHECKING:
    from outcrop.jobs.ray.cluster import Cluster

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,  # The cluster takes half a minute to start.
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs outcrop[ray]"),
    pytest.mark.skipif(
        os.geteuid() != 0 or shutil.which("ip") is None, reason="needs root and iproute2"
    ),
    # Ray's own: files of its processes are left to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::FutureWarning"),
]
MEET = """
import os, socket, sys, time
own, other = sys.argv[1:]
port = int(os.environ["OUTCROP_MEETING_PORT"])
listening = socket.create_server((own, port))
while True:
    try:
        asking = socket.create_connection((other, port), 5)
        break
    except OSError:
        time.sleep(0.1)
answering, _ = listening.accept()
print(socket.gethostbyname(own), answering.getpeername()[0], os.environ["GLOO_SOCKET_IFNAME"])
"""
"""Asks the other instance by its name, and tells what address it asks from."""


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


@contextlib.contextmanager
def cable() -> Iterator[tuple[str, str, str]]:
    """Give a namespace, and the addresses of this machine and of the namespace on a cable."""
    name = f"oc{secrets.token_hex(3)}"
    net = f"10.{200 + secrets.randbelow(50)}.{secrets.randbelow(250)}"
    here, there = f"{net}.1", f"{net}.2"
    inside = ("ip", "-n", name)
    run("ip", "netns", "add", name)
    try:
        run("ip", "link", "add", f"{name}a", "type", "veth", "peer", f"{name}b", "netns", name)
        run("ip", "address", "add", f"{here}/30", "dev", f"{name}a")
        run("ip", "link", "set", f"{name}a", "up")
        run(*inside, "address", "add", f"{there}/30", "dev", f"{name}b")
        run(*inside, "link", "set", f"{name}b", "up")
        run(*inside, "link", "set", "lo", "up")
        yield name, here, there
    finally:
        run("ip", "netns", "delete", name)


@contextlib.contextmanager
def node(*before: str, address: str, log: Path, options: Sequence[str]) -> Iterator[None]:
    """Have a node of a cluster for as long as the context lasts."""
    command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block"]
    usual = ["--num-cpus=1", f"--object-store-memory={80 << 20}", "--disable-usage-stats"]
    with log.open("ab") as file:
        process = subprocess.Popen(
            [*before, *command, *usual, f"--node-ip-address={address}", *options],
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        yield
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def cluster() -> Iterator[tuple[str, Sequence[str]]]:
    """The address of a cluster of two nodes, and theirs."""
    import ray  # noqa: PLC0415 - Ray need not be there

    folder = Path(tempfile.mkdtemp(prefix="oc-ray-", dir="/tmp"))  # Sockets' paths are short.
    port = free_port()
    with cable() as (name, here, there), contextlib.ExitStack() as held:
        head = ["--head", f"--port={port}", f"--temp-dir={folder}", "--include-dashboard=false"]
        held.callback(ray.shutdown)
        held.enter_context(node(address=here, log=folder / "head.log", options=head))
        ready(ray, f"{here}:{port}", 1, folder)
        inside = ("ip", "netns", "exec", name)
        joining = [f"--address={here}:{port}"]
        held.enter_context(node(*inside, address=there, log=folder / "node.log", options=joining))
        ready(ray, f"{here}:{port}", 2, folder)
        yield f"{here}:{port}", (here, there)
    shutil.rmtree(folder, ignore_errors=True)


def ready(ray: Any, address: str, count: int, folder: Path) -> None:
    """Wait until a cluster has so many nodes."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with contextlib.suppress(ConnectionError, RuntimeError):
            ray.init(
                address=address,
                namespace="outcrop",
                log_to_driver=False,
                configure_logging=False,
                ignore_reinit_error=True,
            )
            if sum(one["Alive"] for one in ray.nodes()) == count:
                return
        time.sleep(0.5)
    raise AssertionError("".join(log.read_text() for log in folder.glob("*.log")))


async def test_instances_on_two_machines_meet_at_the_addresses_of_their_nodes(
    tmp_path: Path, cluster: tuple[str, Sequence[str]]
) -> None:
    address, nodes = cluster

    def connect() -> "Cluster":
        from outcrop.jobs.ray.cluster import Cluster  # noqa: PLC0415 - Ray need not be there

        return Cluster.connect(address)

    runner = RayRunner(
        tmp_path / "runs",
        connect=connect,
        runtimes=tmp_path / "node" / "runtimes",
        endpoint_url="http://server:4566",
    )
    names = ("algo-1", "algo-2")
    run_ids = {name: f"{uuid.uuid4().hex}-{name}" for name in names}
    for number, name in enumerate(names):
        folder = tmp_path / name
        folder.mkdir()
        other = names[1 - number]
        program = Program(
            command=[sys.executable, "-c", MEET, name, other],
            environment={"PATH": "/usr/bin:/bin", "GLOO_SOCKET_IFNAME": "lo"},
            directory="/opt/ml",
            mounts=[Mount(source=folder, target="/opt/ml", access="write")],
            limits=Limits(cpus=1, grace_seconds=1, seconds=120),
            host_name=name,
            hosts={"algo-1": "127.0.6.1", "algo-2": "127.0.6.2"},
            peers=[run_ids[other]],
        )
        await runner.start(run_ids[name], program)
    told: list[list[str]] = []
    for name in names:
        found = runner.lines(run_ids[name])
        told.append([line.text async for lines in found for line in lines])
        await runner.end(run_ids[name])
        await runner.forget(run_ids[name])

    own, other, interface = zip(*(line.split() for (line,) in told), strict=True)
    assert sorted(own) == sorted(nodes)
    assert other == own[::-1]
    assert all(one.startswith("oc") for one in interface)
