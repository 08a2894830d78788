"""How the texts of many callers are gathered."""

import asyncio

import numpy as np
import pytest

from outcrop.engines.embeddings.batches import BATCH_TEXTS, Batches, Vectors
from outcrop.engines.embeddings.interface import EmbeddingFailedError

pytestmark = pytest.mark.anyio


class Lengths:
    """Computes the length of each text, when it is let."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.may_go = asyncio.Event()

    async def __call__(self, texts: list[str]) -> Vectors:
        self.batches.append(texts)
        await self.may_go.wait()
        if "bad" in texts:
            raise EmbeddingFailedError("bad")
        return np.array([[len(text)] for text in texts], np.float32)


async def turns() -> None:
    """Let every task that can run do so."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_who_asks_at_the_same_time_shares_a_batch():
    lengths = Lengths()
    lengths.may_go.set()
    batches = Batches(lengths)

    answers = await asyncio.gather(*(batches.embed(["x" * n]) for n in range(5)))

    assert [answer.tolist() for answer in answers] == [[[n]] for n in range(5)]
    assert lengths.batches == [["", "x", "xx", "xxx", "xxxx"]]


async def test_many_texts_come_back_in_order():
    lengths = Lengths()
    lengths.may_go.set()
    texts = ["x" * (number % 7) for number in range(5 * BATCH_TEXTS)]

    answer = await Batches(lengths).embed(texts)

    assert answer.tolist() == [[number % 7] for number in range(5 * BATCH_TEXTS)]


async def test_a_short_request_goes_with_the_next_batch_of_a_long_one():
    lengths = Lengths()
    batches = Batches(lengths)
    long = asyncio.create_task(batches.embed(["x"] * 10 * BATCH_TEXTS))
    await turns()
    short = asyncio.create_task(batches.embed(["short"]))
    await turns()

    lengths.may_go.set()
    await short

    assert "short" in lengths.batches[2]
    await long


async def test_long_texts_make_small_batches():
    lengths = Lengths()
    lengths.may_go.set()

    await Batches(lengths).embed(["x" * 3000] * 5)

    assert [len(batch) for batch in lengths.batches] == [2, 2, 1]


async def test_a_failure_reaches_its_callers_and_nobody_later():
    lengths = Lengths()
    lengths.may_go.set()
    batches = Batches(lengths)

    with pytest.raises(EmbeddingFailedError, match=r"^bad$"):
        await batches.embed(["bad"] * 3 * BATCH_TEXTS)

    assert (await batches.embed(["fine"])).tolist() == [[4]]


async def test_texts_of_a_caller_that_went_away_are_not_computed():
    lengths = Lengths()
    batches = Batches(lengths)
    gone = asyncio.create_task(batches.embed(["gone"] * 10 * BATCH_TEXTS))
    await turns()

    gone.cancel()
    await turns()
    lengths.may_go.set()
    await batches.embed(["here"])

    assert len(lengths.batches) == 3


async def test_closing_fails_those_who_wait():
    batches = Batches(Lengths())
    waiting = [asyncio.create_task(batches.embed(["x"] * BATCH_TEXTS)) for _ in range(5)]
    await turns()

    await batches.close()

    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(answer) for answer in answers] == [EmbeddingFailedError] * 5
