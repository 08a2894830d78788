"""GPUs: which there are, and which programs get. The GPUs of most tests are an operator's word."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from outcrop.jobs.gpus import BadGpusError, Gpu, find_gpus, read_list
from outcrop.jobs.interface import GpusTakenError, Limits, Program
from outcrop.jobs.process.runner import ProcessRunner

pytestmark = pytest.mark.anyio

INDEXES = (1040, 1041)
"""No machine has so many: the claims on them are these tests' alone."""
HAS_DRIVER = Path("/dev/nvidiactl").exists()


def test_the_operator_says_which_gpus_jobs_may_have() -> None:
    assert find_gpus("1041, 1040") == [Gpu(index=1040), Gpu(index=1041)]
    assert find_gpus("none") == ()


@pytest.mark.skipif(HAS_DRIVER, reason="has GPUs")
def test_nothing_is_found_where_there_is_no_driver() -> None:
    assert find_gpus("auto") == []


@pytest.mark.skipif(not HAS_DRIVER, reason="needs an NVIDIA GPU")
def test_gpus_are_found_with_their_files() -> None:
    found = find_gpus("auto")

    assert [gpu.index for gpu in found] == list(range(len(found)))
    assert found
    assert all(gpu.uuid.startswith("GPU-") and Path(gpu.device).exists() for gpu in found)


@pytest.mark.parametrize("setting", ["", "all", "0,-1", "0-2"])
def test_what_names_no_gpus_is_refused(setting: str) -> None:
    with pytest.raises(BadGpusError, match="neither `auto`, `none` nor indexes"):
        find_gpus(setting)


def test_the_list_of_the_driver_is_read() -> None:
    uuids = [f"GPU-{digit * 8}-0000-0000-0000-000000000000" for digit in "ab"]

    assert read_list(f"0, {uuids[0]}\n1, {uuids[1]}\n") == [
        Gpu(index=number, uuid=uuid) for number, uuid in enumerate(uuids)
    ]
    assert read_list("No devices were found\n") == []


class Runs:
    """Programs that wait until they are let go, and say which GPUs they see."""

    def __init__(self, folder: Path, indexes: Sequence[int]) -> None:
        self._runner = ProcessRunner(folder, gpus=[Gpu(index=index) for index in indexes])

    async def start(self, name: str, limits: Limits, *peers: str) -> str:
        """Start a program and return what it sees."""
        program = Program(
            command=["sh", "-c", "echo seen $CUDA_VISIBLE_DEVICES; sleep 100"],
            environment={"PATH": os.environ["PATH"]},
            directory="/",
            peers=peers,
            limits=limits,
        )
        await self._runner.start(name, program)
        async for [line, *_] in self._runner.lines(name):
            return line.text.removeprefix("seen").strip()
        raise AssertionError(name)

    async def stop(self, *names: str) -> None:
        for name in names:
            await self._runner.stop(name)
        await asyncio.gather(*map(self._runner.end, names))


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path / "runs", INDEXES)


async def test_a_gpu_is_one_programs_alone_until_that_ends(runs: Runs) -> None:
    one = Limits(gpus=1)
    assert [await runs.start("a", one), await runs.start("b", one)] == ["1040", "1041"]
    assert await runs.start("none", Limits()) == ""

    with pytest.raises(GpusTakenError, match="Other programs have all but 0 of the GPUs"):
        await runs.start("c", one)
    await runs.stop("a")
    assert await runs.start("c", one) == "1040"
    await runs.stop("b", "c", "none")


async def test_peers_may_share_their_gpus(runs: Runs) -> None:
    shared = Limits(gpus=1, gpus_shared_with="peers")
    assert await runs.start("a", shared, "b") == "1040"
    assert await runs.start("b", shared, "a") == "1040"
    assert await runs.start("other", Limits(gpus=1)) == "1041"
    await runs.stop("a", "b", "other")


async def test_who_shares_with_all_takes_gpus_from_nobody(runs: Runs) -> None:
    shared = Limits(gpus=1, gpus_shared_with="all")
    assert await runs.start("a", Limits(gpus=1)) == "1040"
    assert await runs.start("served", shared) == "1041"
    assert await runs.start("b", Limits(gpus=1)) == "1041"
    assert await runs.start("late", shared) in ("1040", "1041")
    await runs.stop("a", "b", "served", "late")


async def test_a_program_is_told_nothing_where_there_are_no_gpus(tmp_path: Path) -> None:
    runner = ProcessRunner(tmp_path / "runs", gpus=())
    program = Program(command=["env"], environment={"A": "1"}, directory="/")
    await runner.start("run", program)

    lines = [line.text async for batch in runner.lines("run") for line in batch]

    assert lines == ["A=1"]
