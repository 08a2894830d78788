"""Worker processes: requests, streams, cancelling, crashes, restarts, idling."""

import asyncio
import contextlib
import math
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from outcrop.engines.workers.frames import Decoder, Frame, encode
from outcrop.engines.workers.process import RemoteError, WorkerDiedError, WorkerStartError
from outcrop.engines.workers.worker import Worker, WorkerSettings

HERE = Path(__file__).parent

pytestmark = pytest.mark.anyio


class Log:
    """Lines as they come; a test may wait for one."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._came = asyncio.Event()

    def __call__(self, line: str) -> None:
        self.lines.append(line)
        self._came.set()

    async def has(self, line: str) -> None:
        async with asyncio.timeout(60):
            while line not in self.lines:
                self._came.clear()
                await self._came.wait()


@pytest.fixture(autouse=True)
def echo_is_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(HERE))


@contextlib.asynccontextmanager
async def echo(
    config: Any = None, log: Callable[[str], None] = lambda _: None, **settings: Any
) -> AsyncIterator[Worker]:
    worker = Worker("echo_worker", config, settings=WorkerSettings(**settings), log=log)
    try:
        yield worker
    finally:
        await worker.stop()


def test_a_frame_survives_arriving_byte_by_byte() -> None:
    sent = [Frame({"a": "é"}, b"\x00\x01"), Frame(None), Frame([1.5])]
    data = b"".join(encode(frame) for frame in sent)

    decoder = Decoder()
    received = [frame for byte in data for frame in decoder.feed(bytes([byte]))]

    assert received == sent


def test_frames_that_arrive_together_are_told_apart() -> None:
    sent = [Frame(1), Frame(2, b"two")]

    assert Decoder().feed(b"".join(encode(frame) for frame in sent)) == sent


def test_numbers_and_texts_that_json_lacks_survive() -> None:
    (frame,) = Decoder().feed(encode(Frame([math.inf, -math.inf, math.nan, "\ud800"])))

    assert frame.value[:2] == [math.inf, -math.inf]
    assert math.isnan(frame.value[2])
    assert frame.value[3] == "\ud800"


async def test_a_call_brings_back_values_and_bytes() -> None:
    async with echo() as worker:
        assert await worker.call({"echo": "été"}, b"\xff" * 100_000) == Frame(
            {"echo": "été"}, b"\xff" * 100_000
        )


async def test_the_configuration_reaches_the_engine_and_its_information_comes_back() -> None:
    async with echo({"size": 3}) as worker:
        info = await worker.start()

        assert worker.process is not None
        assert info == {"pid": worker.process.pid, "config": {"size": 3}}


async def test_progress_and_log_lines_are_passed_on() -> None:
    progress: list[Any] = []
    log = Log()
    worker = Worker("echo_worker", None, log=log, progress=progress.append)

    await worker.start()
    await log.has("hello from the log")
    await worker.stop()

    assert progress == ["half way"]


async def test_requests_are_answered_side_by_side() -> None:
    async with echo() as worker, contextlib.aclosing(worker.stream({"tick": 0.001})) as ticks:
        assert await anext(ticks) == Frame(0)
        counted = [[f.value async for f in worker.stream({"count": n})] for n in (2, 3)]
        assert await anext(ticks) == Frame(1)

    assert counted == [[0, 1], [0, 1, 2]]


async def test_closing_a_stream_cancels_it_in_the_worker() -> None:
    log = Log()
    async with echo(log=log) as worker:
        async with contextlib.aclosing(worker.stream({"tick": 0.001})) as ticks:
            await anext(ticks)

        await log.has("ticking was cancelled")


async def test_a_refusal_keeps_its_kind_and_details() -> None:
    async with echo() as worker:
        with pytest.raises(RemoteError, match="not today") as caught:
            await worker.call({"refuse": "not today"})

    assert (caught.value.kind, caught.value.details) == ("no", {"asked": "it"})


async def test_an_unforeseen_error_reaches_the_caller() -> None:
    async with echo() as worker:
        with pytest.raises(RemoteError, match=r"ValueError\('nonsense'\)"):
            await worker.call("nonsense")


async def test_a_crash_fails_everyone_who_waits_and_the_next_request_works() -> None:
    async with echo() as worker:
        async with contextlib.aclosing(worker.stream({"tick": 60})) as ticks:
            await anext(ticks)
            dying = worker.stream({"die": True})
            last = await anext(dying)
            with pytest.raises(WorkerDiedError, match="hello from the log"):
                await anext(dying)
            with pytest.raises(WorkerDiedError, match="killed by SIGKILL"):
                await anext(ticks)

        assert last == Frame("first")
        assert await worker.call({"echo": 1}) == Frame({"echo": 1})


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"refuse": "no such weights"}, "no such weights"),
        ({"exit": 3}, r"ended with status 3; its last words: .*\nthese are my last words"),
        ({"hang": True}, "not ready after 0.7 seconds"),
    ],
)
async def test_a_failing_start_says_why(config: Any, reason: str) -> None:
    async with echo(config, start_timeout_seconds=0.7 if "hang" in config else 20) as worker:
        with pytest.raises(WorkerStartError, match=reason):
            await worker.start()

        assert worker.process is None


async def test_failing_starts_are_spaced_out() -> None:
    loop = asyncio.get_running_loop()
    async with echo({"refuse": "no"}) as worker:
        for _ in range(2):
            with pytest.raises(WorkerStartError):
                await worker.start()
        began = loop.time()
        with pytest.raises(WorkerStartError):
            await worker.start()

    assert loop.time() - began >= 0.5


async def test_an_idle_worker_is_unloaded_and_comes_back() -> None:
    async with echo(idle_seconds=0.05) as worker:
        first = await worker.start()
        assert worker.process is not None
        async with asyncio.timeout(60):
            await worker.process.died()
        second = await worker.start()

    assert first["pid"] != second["pid"]


async def test_a_busy_worker_is_not_unloaded() -> None:
    async with (
        echo(idle_seconds=0.05) as worker,
        contextlib.aclosing(worker.stream({"tick": 0.1})) as ticks,
    ):
        assert [(await anext(ticks)).value for _ in range(4)] == [0, 1, 2, 3]


async def test_a_stopped_worker_leaves_no_process() -> None:
    async with echo() as worker:
        pid = (await worker.start())["pid"]

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_memory_is_that_of_the_process() -> None:
    async with echo() as worker:
        await worker.start()

        assert worker.process is not None
        assert 5_000_000 < worker.process.resident_bytes < 500_000_000


async def test_memory_that_a_request_took_is_given_back() -> None:
    async with echo() as worker:
        await worker.start()
        assert worker.process is not None
        before = worker.process.resident_bytes

        await worker.call({"hoard": 4_000})  # 400 MB

        for _ in range(6_000):  # It is given back behind the answer.
            if worker.process.resident_bytes < before + 150_000_000:
                break
            await asyncio.sleep(0.01)
        assert worker.process.resident_bytes < before + 150_000_000


CANCELLED = """
import asyncio
import sys
from outcrop.engines.workers.worker import Worker

async def main():
    starting = asyncio.create_task(Worker("echo_worker", None).start())
    for _ in range(int(sys.argv[1])):
        await asyncio.sleep(0)
    assert not starting.done()

asyncio.run(main())
"""


@pytest.mark.parametrize("steps", range(8))
def test_a_loop_that_ends_while_a_worker_starts_ends(steps: int) -> None:
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", CANCELLED, str(steps)]

    ended = subprocess.run(command, capture_output=True, timeout=60, check=False)

    assert (ended.returncode, ended.stderr) == (0, b"")


PARENT = """
import asyncio
from outcrop.engines.workers.worker import Worker

async def main():
    print((await Worker("echo_worker", None).start())["pid"], flush=True)
    await asyncio.sleep(3600)

asyncio.run(main())
"""


def test_a_worker_dies_with_its_parent() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        worker = os.pidfd_open(int(parent.stdout.readline()))
        parent.send_signal(signal.SIGKILL)
    try:
        # Readable once the process has ended. See pidfd_open(2).
        asyncio.run(_readable(worker, timeout_seconds=20))
    finally:
        os.close(worker)


async def _readable(descriptor: int, *, timeout_seconds: float) -> None:
    readable = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(descriptor, readable.set)
    async with asyncio.timeout(timeout_seconds):
        await readable.wait()
    loop.remove_reader(descriptor)
