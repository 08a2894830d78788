"""The event loop after an answer."""

import asyncio
import itertools
import time

import pytest

from outcrop.server.wakefulness import AWAKE_SECONDS, Wakefulness

pytestmark = pytest.mark.anyio


async def seconds_awake(wakefulness: Wakefulness) -> float:
    began = time.monotonic()
    wakefulness.prolong()
    for _ in itertools.count():
        if not wakefulness.is_awake:
            break
        await asyncio.sleep(0)
    return time.monotonic() - began


async def test_a_loop_stays_awake_for_a_moment_and_then_may_sleep():
    wakefulness = Wakefulness()

    assert await seconds_awake(wakefulness) >= AWAKE_SECONDS
    assert await seconds_awake(wakefulness) >= AWAKE_SECONDS


async def test_each_answer_prolongs_the_moment():
    wakefulness = Wakefulness()
    wakefulness.prolong()
    middle = time.monotonic() + AWAKE_SECONDS / 2
    for _ in itertools.count():
        if time.monotonic() > middle:
            break
        await asyncio.sleep(0)

    assert await seconds_awake(wakefulness) >= AWAKE_SECONDS
