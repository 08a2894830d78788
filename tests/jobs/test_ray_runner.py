"""Programs on the nodes of a Ray cluster: their files go there and come back, whatever happens."""

import asyncio
import importlib.util
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from outcrop.jobs.interface import CannotRunError, Limits, Mount, Program, UnknownRunError
from outcrop.jobs.ray.runner import RayRunner

if TYPE_CHECKING:
    from outcrop.jobs.ray.cluster import Cluster

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,  # The cluster takes half a minute to start and to lose a node.
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs outcrop[ray]"),
    # Ray's own: files of its processes are left to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::FutureWarning"),
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    from tests.jobs.ray_nodes import nodes  # noqa: PLC0415 - Ray need not be there

    with nodes(2, cpus=1) as (_, made):
        yield made


class Bench:
    """What a server has: a runner, which it may make anew, and a directory."""

    def __init__(self, folder: Path, cluster: Any) -> None:
        self._folder = folder
        self._address = cluster.address
        self.ml = folder / "ml"
        self.ml.mkdir()
        self.run_id = uuid.uuid4().hex
        self.runner = self.new_runner()

    def new_runner(self) -> RayRunner:
        return RayRunner(
            self._folder / "runs",
            connect=self._connect,
            runtimes=self._folder / "node" / "runtimes",
            endpoint_url="http://server:4566",
        )

    def _connect(self) -> "Cluster":
        from outcrop.jobs.ray.cluster import Cluster  # noqa: PLC0415 - Ray need not be there

        return Cluster.connect(self._address)

    def program(self, script: str, **changes: Any) -> Program:
        given: dict[str, Any] = {
            "command": ["sh", "-c", script],
            "environment": {"PATH": "/usr/bin:/bin", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
            "directory": "/opt/ml",
            "mounts": [Mount(source=self.ml, target="/opt/ml", access="write")],
            "limits": Limits(cpus=1, grace_seconds=1),
        }
        return Program(**{**given, **changes})

    async def lines(self, run_id: str = "") -> list[str]:
        found = self.runner.lines(run_id or self.run_id)
        return [line.text async for lines in found for line in lines]


async def there(path: Path) -> None:
    """Wait until somebody has written a file."""
    async with asyncio.timeout(60):
        while not path.exists():  # noqa: ASYNC110, ASYNC240 - whoever writes it is another process
            await asyncio.sleep(0.1)


@pytest.fixture
def bench(tmp_path: Path, cluster: Any) -> Bench:
    return Bench(tmp_path, cluster)


async def test_files_go_to_the_node_and_what_is_written_comes_back(bench: Bench) -> None:
    (bench.ml / "data").mkdir()
    (bench.ml / "data/rows").write_bytes(b"row\n" * 5_000_000)  # In several pieces.
    script = "wc -c < data/rows; echo $AWS_ENDPOINT_URL; mkdir new; cp data/rows new/rows; exit 3"
    await bench.runner.start(bench.run_id, bench.program(script))
    lines = await bench.lines()
    end = await bench.runner.end(bench.run_id)

    assert lines == ["20000000", "http://server:4566"]
    assert (end.reason, end.exit_code) == ("exited", 3)
    assert (bench.ml / "new/rows").stat().st_size == 20_000_000
    assert await bench.runner.end(bench.run_id) == end
    await bench.runner.forget(bench.run_id)
    assert [path.name for path in bench.ml.parent.glob("node/instances/*")] == ["runs"]


async def test_what_is_written_comes_while_the_program_runs(bench: Bench) -> None:
    await bench.runner.start(bench.run_id, bench.program("echo 1 > checkpoint; sleep 600"))
    ending = asyncio.create_task(bench.runner.end(bench.run_id))
    await there(bench.ml / "checkpoint")
    await bench.runner.stop(bench.run_id)
    end = await ending
    await bench.runner.forget(bench.run_id)

    assert (end.reason, end.exit_code) == ("stopped", 143)


async def test_two_runs_on_one_machine_meet_by_name(bench: Bench) -> None:
    names = {"algo-1": "127.0.6.1", "algo-2": "127.0.6.2"}
    run_ids = [f"{bench.run_id}-{name}" for name in names]
    for name, run_id in zip(names, run_ids, strict=True):
        program = bench.program(
            "hostname; getent hosts algo-1 algo-2 | tr -s ' '",
            host_name=name,
            hosts=names,
            peers=[other for other in run_ids if other != run_id],
        )
        await bench.runner.start(run_id, program)
    lines = [await bench.lines(run_id) for run_id in run_ids]
    for run_id in run_ids:
        await bench.runner.end(run_id)
        await bench.runner.forget(run_id)

    assert lines == [[name, "127.0.6.1 algo-1", "127.0.6.2 algo-2"] for name in names]


async def test_a_server_that_starts_anew_finds_its_runs(bench: Bench) -> None:
    script = "for n in 1 2 3 4 5; do echo $n; sleep 0.5; done; echo made > model"
    program = bench.program(script)
    await bench.runner.start(bench.run_id, program)
    bench.runner = bench.new_runner()
    await bench.runner.start(bench.run_id, program)
    lines = await bench.lines()
    end = await bench.runner.end(bench.run_id)
    await bench.runner.forget(bench.run_id)

    assert lines == ["1", "2", "3", "4", "5"]
    assert end.exit_code == 0
    assert (bench.ml / "model").read_text() == "made\n"


async def test_a_run_whose_limits_are_passed_says_so(bench: Bench) -> None:
    program = bench.program("sleep 600", limits=Limits(cpus=1, seconds=0.5, grace_seconds=1))
    await bench.runner.start(bench.run_id, program)
    end = await bench.runner.end(bench.run_id)
    await bench.runner.forget(bench.run_id)

    assert end.reason == "timed-out"


async def test_a_run_that_waits_for_room_can_be_stopped(bench: Bench) -> None:
    program = bench.program("true", limits=Limits(cpus=64))
    starting = asyncio.create_task(bench.runner.start(bench.run_id, program))
    await asyncio.sleep(0)
    await bench.runner.stop(bench.run_id)
    await starting
    end = await bench.runner.end(bench.run_id)
    await bench.runner.forget(bench.run_id)

    assert end.reason == "stopped"


async def test_pipes_of_the_server_are_refused(bench: Bench) -> None:
    os.mkfifo(bench.ml / "train_0")
    with pytest.raises(CannotRunError, match="train_0 is a pipe"):
        await bench.runner.start(bench.run_id, bench.program("true"))
    await bench.runner.forget(bench.run_id)


async def test_a_run_of_another_id_is_unknown(bench: Bench) -> None:
    with pytest.raises(UnknownRunError):
        await bench.runner.end("other")


async def test_a_run_is_lost_with_its_node_and_its_program_ends(bench: Bench, cluster: Any) -> None:
    from tests.jobs.ray_nodes import SMALL  # noqa: PLC0415 - Ray need not be there

    node = cluster.add_node(**SMALL, num_cpus=2)
    program = bench.program("echo $$; exec sleep 600", limits=Limits(cpus=2))
    await bench.runner.start(bench.run_id, program)
    ending = asyncio.create_task(bench.runner.end(bench.run_id))
    folder = bench.ml.parent / "node/instances/runs" / bench.run_id
    cluster.remove_node(node, allow_graceful=False)
    async with asyncio.timeout(60):
        end = await ending
    await there(folder / "end.json")
    await bench.runner.forget(bench.run_id)

    assert (end.reason, end.exit_code) == ("lost", None)
