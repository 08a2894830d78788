"""Places for instances: who waits comes in order."""

import asyncio

import pytest

from outcrop.jobs.places import Places

pytestmark = pytest.mark.anyio


class Jobs:
    """Takes places and keeps who got them, in order."""

    def __init__(self, most: int, *, gpus: int = 0) -> None:
        self._places = Places(most, gpus=gpus)
        self._ends: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.let_in: list[str] = []

    async def ask(self, name: str, count: int, *, gpus: int = 0) -> None:
        self._ends[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._run(name, count, gpus))
        await asyncio.sleep(0)

    async def end(self, name: str) -> None:
        self._ends[name].set()
        await self.tasks[name]
        await asyncio.sleep(0)

    async def _run(self, name: str, count: int, gpus: int) -> None:
        async with self._places.take(count, gpus=gpus):
            self.let_in.append(name)
            await self._ends[name].wait()


async def test_jobs_wait_in_the_order_in_which_they_came() -> None:
    jobs = Jobs(2)
    for name, count in (("a", 1), ("b", 2), ("c", 1)):
        await jobs.ask(name, count)
    assert jobs.let_in == ["a"]

    await jobs.end("a")
    assert jobs.let_in == ["a", "b"]
    await jobs.end("b")
    assert jobs.let_in == ["a", "b", "c"]
    await jobs.end("c")


async def test_a_job_of_more_instances_than_there_are_runs_alone() -> None:
    jobs = Jobs(2)
    await jobs.ask("small", 1)
    await jobs.ask("large", 5)
    await jobs.ask("next", 1)
    await jobs.end("small")
    assert jobs.let_in == ["small", "large"]

    await jobs.end("large")
    assert jobs.let_in == ["small", "large", "next"]
    await jobs.end("next")


async def test_who_gives_up_waiting_blocks_nobody() -> None:
    jobs = Jobs(2)
    await jobs.ask("first", 1)
    await jobs.ask("large", 2)
    await jobs.ask("small", 1)
    jobs.tasks["large"].cancel()
    with pytest.raises(asyncio.CancelledError):
        await jobs.tasks["large"]
    await asyncio.sleep(0)

    assert jobs.let_in == ["first", "small"]
    await jobs.end("first")
    await jobs.end("small")


async def test_who_waits_for_gpus_keeps_back_only_others_who_want_some() -> None:
    jobs = Jobs(3, gpus=2)
    for name, gpus in (("a", 1), ("b", 2), ("c", 1), ("d", 0)):
        await jobs.ask(name, 1, gpus=gpus)
    assert jobs.let_in == ["a", "d"]

    await jobs.end("a")
    assert jobs.let_in == ["a", "d", "b"]
    await jobs.end("b")
    assert jobs.let_in == ["a", "d", "b", "c"]
    for name in ("c", "d"):
        await jobs.end(name)


async def test_who_waits_for_an_instance_keeps_back_all_others() -> None:
    jobs = Jobs(2, gpus=1)
    for name, count, gpus in (("a", 1, 0), ("b", 2, 1), ("c", 1, 0)):
        await jobs.ask(name, count, gpus=gpus)
    assert jobs.let_in == ["a"]

    for name in ("a", "b", "c"):
        await jobs.end(name)
    assert jobs.let_in == ["a", "b", "c"]


async def test_who_is_there_already_waits_for_nobody() -> None:
    places = Places(1, gpus=1)
    async with places.take(1, gpus=1), places.take(1, gpus=1, is_there=True):
        waiting = asyncio.create_task(places.take(1).__aenter__())
        await asyncio.sleep(0)
        assert not waiting.done()

    await waiting
