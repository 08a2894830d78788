"""Fleets: replicas that are started, asked, started anew, found again and ended."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from outcrop.jobs.interface import Mount, Program, UnknownRunError
from outcrop.jobs.process.runner import ProcessRunner
from outcrop.jobs.serving import (
    BrokenAnswerError,
    Fleet,
    FleetFailedError,
    Fleets,
    NoAnswerError,
    Question,
    Seat,
    Serving,
    TooManyWaitingError,
)

pytestmark = pytest.mark.anyio

PROGRAM = Path(__file__).parent / "programs" / "echo_server.py"


@dataclass
class Bench:
    """A server's fleets, and what their programs printed."""

    folder: Path
    fleets: Fleets = field(init=False)
    printed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.runner = ProcessRunner(self.folder / "runs")
        self.fleets = Fleets(self.runner, self.folder / "fleets")

    def serving(
        self, *arguments: str, waiting: int = 10, idle_seconds: float | None = None
    ) -> Serving:
        def program(seat: Seat) -> Program:
            return Program(
                command=[sys.executable, str(PROGRAM), *arguments],
                environment={"PATH": os.environ["PATH"]},
                directory="/opt/ml",
                mounts=[Mount(source=seat.folder, target="/opt/ml", access="write")],
            )

        return Serving(
            program=program,
            follow=self.follow,
            workers=1,
            waiting=waiting,
            idle_seconds=idle_seconds,
        )

    async def follow(self, seat: Seat, run_id: str) -> None:
        async for lines in self.runner.lines(run_id):
            self.printed += [f"{seat.number}: {line.text}" for line in lines]

    async def fleet(self, count: int = 1, name: str = "one", **changes: Any) -> Fleet:
        fleet = self.fleets.open(name, self.serving(**changes))
        await fleet.scale(count)
        await fleet.be_ready()
        return fleet


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncGenerator[Bench, None]:
    bench = Bench(tmp_path)
    yield bench
    await bench.fleets.close()


async def asked(fleet: Fleet, body: str, seconds: float = 20) -> str:
    question = Question(path="/invocations", body=body.encode())
    async with fleet.ask(question, seconds=seconds) as answer:
        return (await answer.read()).decode()


async def test_a_fleet_answers_and_its_log_is_followed(bench: Bench) -> None:
    fleet = await bench.fleet()

    assert await asked(fleet, "hello") == "hello"
    await bench.fleets.remove("one")
    assert bench.printed == ["0: serving"]
    assert bench.fleets.kept() == []


async def test_questions_are_spread_over_replicas_that_are_free(bench: Bench) -> None:
    fleet = await bench.fleet(2)
    waiting = asyncio.create_task(asked(fleet, "wait 0.5"))
    await asyncio.sleep(0)
    first = [await asked(fleet, "who") for _ in range(3)]
    await waiting

    assert len(set(first)) == 1
    many = await asyncio.gather(*(asked(fleet, "who") for _ in range(8)))
    assert len(set(many)) == 2


async def test_who_waits_too_long_and_who_finds_too_many_is_told(bench: Bench) -> None:
    fleet = await bench.fleet(waiting=2)
    with pytest.raises(NoAnswerError, match="did not answer in time"):
        await asked(fleet, "wait 9", seconds=0.1)
    first = asyncio.create_task(asked(fleet, "wait 1"))
    await asyncio.sleep(0)
    with pytest.raises(NoAnswerError, match="No worker was free"):
        await asked(fleet, "too late", seconds=0.1)
    more = [asyncio.create_task(asked(fleet, "wait 0")) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(TooManyWaitingError):
        await asked(fleet, "one more")
    assert await asyncio.gather(first, *more) == ["wait 1", "wait 0", "wait 0"]


async def test_a_program_that_dies_is_started_anew(bench: Bench) -> None:
    fleet = await bench.fleet()
    before = await asked(fleet, "who")
    with pytest.raises(BrokenAnswerError):
        await asked(fleet, "die")

    assert await asked(fleet, "who") != before
    await bench.fleets.remove("one")  # The logs are followed to their ends.
    assert bench.printed == ["0: serving"] * 2


async def test_a_fleet_that_does_not_get_ready_says_why_in_its_last_words(bench: Bench) -> None:
    fleet = bench.fleets.open("broken", bench.serving("--broken"))
    await fleet.scale(1, gives_up=True)
    with pytest.raises(FleetFailedError, match=r"no model here \(exit code: 1\)"):
        await fleet.be_ready()


async def test_the_next_server_finds_the_same_processes(tmp_path: Path) -> None:
    first = Bench(tmp_path)
    fleet = await first.fleet()
    process = await asked(fleet, "who")
    await fleet.abandon()  # As if the server had been killed.

    second = Bench(tmp_path)
    assert await asked(await second.fleet(), "who") == process
    await second.fleets.close()


async def test_a_server_that_stops_ends_its_fleets_and_the_next_starts_them(tmp_path: Path) -> None:
    first = Bench(tmp_path)
    process = await asked(await first.fleet(), "who")
    await first.fleets.close()
    with pytest.raises(UnknownRunError):
        await first.runner.end("one-0-0")

    second = Bench(tmp_path)
    assert await asked(await second.fleet(), "who") != process
    await second.fleets.close()


async def test_who_is_asked_may_finish_when_a_fleet_ends(bench: Bench) -> None:
    fleet = await bench.fleet(2)
    waiting = [asyncio.create_task(asked(fleet, "wait 0.3")) for _ in range(4)]
    await asyncio.sleep(0)
    await bench.fleets.remove("one", drain_seconds=20)

    assert await asyncio.gather(*waiting) == ["wait 0.3"] * 4


async def test_who_removes_a_fleet_that_is_being_removed_waits_for_that(bench: Bench) -> None:
    fleet = await bench.fleet()
    waiting = asyncio.create_task(asked(fleet, "wait 0.5"))
    await asyncio.sleep(0)
    await asyncio.gather(bench.fleets.remove("one", drain_seconds=20), bench.fleets.remove("one"))

    assert await waiting == "wait 0.5"
    assert bench.fleets.kept() == []


async def test_a_smaller_fleet_goes_on_answering(bench: Bench) -> None:
    fleet = await bench.fleet(2)
    waiting = [asyncio.create_task(asked(fleet, "wait 0.3")) for _ in range(4)]
    await asyncio.sleep(0)
    await fleet.scale(1, drain_seconds=20)

    assert await asyncio.gather(*waiting) == ["wait 0.3"] * 4
    assert len({await asked(fleet, "who") for _ in range(3)}) == 1


async def test_a_fleet_that_nobody_asks_ends_and_starts_when_it_is_asked(bench: Bench) -> None:
    fleet = await bench.fleet(idle_seconds=0.5)
    first = await asked(fleet, "who")
    assert await asked(fleet, "wait 1") == "wait 1"
    assert await asked(fleet, "who") == first
    async with asyncio.timeout(60):
        while fleet.size:  # noqa: ASYNC110 - a fleet tells nobody when it ends its replicas
            await asyncio.sleep(0.05)

    again = await asyncio.gather(*(asked(fleet, "who") for _ in range(3)))
    assert len(set(again)) == 1
    assert again[0] != first
