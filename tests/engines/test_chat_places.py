"""The bounded queue in front of a model."""

import asyncio
import contextlib
import time

import pytest

from outcrop.engines.chat.interface import OverloadedError
from outcrop.engines.chat.places import Places

pytestmark = pytest.mark.anyio


async def enter(places: Places, tokens: int) -> contextlib.AsyncExitStack:
    stack = contextlib.AsyncExitStack()
    await stack.enter_async_context(places.take(tokens))
    return stack


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_as_many_run_as_there_are_slots() -> None:
    places = Places(slots=2, tokens=100, queue_length=5)
    first, second = await enter(places, 1), await enter(places, 1)
    third = asyncio.create_task(enter(places, 1))
    await settle()

    assert (places.running, places.waiting, third.done()) == (2, 1, False)

    await first.aclose()
    await third
    assert (places.running, places.waiting) == (2, 0)
    await second.aclose()
    await third.result().aclose()
    assert places.running == 0


async def test_the_cache_is_a_bound_too_and_nobody_overtakes() -> None:
    places = Places(slots=8, tokens=100, queue_length=5)
    first = await enter(places, 70)
    large = asyncio.create_task(enter(places, 60))
    await settle()
    small = asyncio.create_task(enter(places, 10))
    await settle()

    assert (large.done(), small.done()) == (False, False)

    await first.aclose()
    await asyncio.gather(large, small)
    assert places.running == 2


async def test_who_finds_the_queue_full_is_told_when_to_come_back() -> None:
    places = Places(slots=1, tokens=100, queue_length=1)
    running = await enter(places, 1)
    waiting = asyncio.create_task(enter(places, 1))
    await settle()

    with pytest.raises(OverloadedError, match="1 requests run and 1 wait") as caught:
        await enter(places, 1)

    assert 1.0 <= caught.value.retry_after_seconds <= 60.0
    await running.aclose()
    await (await waiting).aclose()


async def test_who_waits_too_long_is_told_when_to_come_back_and_leaves_the_queue() -> None:
    places = Places(slots=1, tokens=100, queue_length=5)
    running = await enter(places, 1)

    with pytest.raises(OverloadedError, match="No slot was free in time: 1 requests run") as caught:
        async with places.take(1, until=time.monotonic() + 0.01):
            pass

    assert caught.value.retry_after_seconds >= 1.0
    assert (places.running, places.waiting) == (1, 0)
    await running.aclose()


async def test_who_leaves_the_queue_lets_the_next_one_in() -> None:
    places = Places(slots=8, tokens=100, queue_length=5)
    running = await enter(places, 50)
    impatient = asyncio.create_task(enter(places, 60))
    await settle()
    small = asyncio.create_task(enter(places, 10))
    await settle()

    impatient.cancel()
    await small

    assert (places.running, places.waiting, impatient.cancelled()) == (2, 0, True)
    await running.aclose()


async def test_a_place_given_to_one_who_just_left_is_free_again() -> None:
    places = Places(slots=1, tokens=100, queue_length=5)
    running = await enter(places, 1)
    waiting = asyncio.create_task(enter(places, 1))
    await settle()

    await running.aclose()
    waiting.cancel()
    await settle()

    assert places.running == 0
    async with asyncio.timeout(60):
        await enter(places, 100)
