"""How the texts of many callers go to a process together."""

import asyncio
import itertools
from collections.abc import Sequence

import pytest

from outcrop.engines.workers.together import Together, TogetherByKind

pytestmark = pytest.mark.anyio


class Capitals:
    """Answers with capitals, each group when it is let; what is bad fails."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.is_asked, self.may_answer = asyncio.Event(), asyncio.Event()

    async def __call__(self, texts: list[str]) -> Sequence[str]:
        self.groups.append(texts)
        self.is_asked.set()
        await self.may_answer.wait()
        if "bad" in texts:
            raise ValueError("bad")
        return [text.upper() for text in texts]


async def test_requests_that_wait_go_together_and_each_gets_its_own():
    capitals = Capitals()
    together = Together(capitals, most_characters=4)
    callers = [
        asyncio.create_task(together.ask(texts))
        for texts in (["a"], ["b", "c"], ["d"], ["bad"], ["long text"])
    ]
    await capitals.is_asked.wait()
    callers[2].cancel()
    capitals.may_answer.set()
    answers = await asyncio.gather(*callers, return_exceptions=True)

    assert capitals.groups == [["a", "b", "c", "d"], ["bad"], ["long text"]]
    assert [answers[0], answers[1], answers[4]] == [["A"], ["B", "C"], ["LONG TEXT"]]
    assert isinstance(answers[2], asyncio.CancelledError)
    assert isinstance(answers[3], ValueError)


async def test_texts_that_fail_take_no_other_callers_with_them():
    capitals = Capitals()
    capitals.may_answer.set()
    together = Together(capitals)
    asked = ([text] for text in ("a", "bad", "b"))
    answers = await asyncio.gather(*map(together.ask, asked), return_exceptions=True)

    assert [answers[0], answers[2]] == [["A"], ["B"]]
    assert isinstance(answers[1], ValueError)


async def test_who_was_answered_and_asks_again_goes_with_those_who_wait():
    capitals = Capitals()
    together = Together(capitals)

    async def ask_twice() -> list[Sequence[str]]:
        return [await together.ask(["first"]), await together.ask(["again"])]

    twice = asyncio.create_task(ask_twice())
    await capitals.is_asked.wait()
    others = [asyncio.create_task(together.ask([text])) for text in ("b", "c")]
    await asyncio.sleep(0)
    capitals.may_answer.set()

    assert await asyncio.gather(twice, *others) == [[["FIRST"], ["AGAIN"]], ["B"], ["C"]]
    assert capitals.groups == [["first"], ["b", "c", "again"]]


async def test_who_does_not_ask_again_is_not_waited_for_in_vain():
    capitals = Capitals()
    together = Together(capitals)
    first = asyncio.create_task(together.ask(["a"]))
    await capitals.is_asked.wait()
    others = [asyncio.create_task(together.ask([text])) for text in ("b", "c")]
    await asyncio.sleep(0)
    capitals.may_answer.set()

    assert await asyncio.gather(first, *others) == [["A"], ["B"], ["C"]]
    assert capitals.groups == [["a"], ["b", "c"]]


async def test_callers_who_take_longer_than_their_texts_go_in_two_groups():
    capitals = Capitals()
    capitals.may_answer.set()
    together = Together(capitals)

    async def ask_again_and_again(text: str) -> None:
        while len(capitals.groups) < 1000 and [*map(len, capitals.groups[-2:])] != [2, 2]:
            assert await together.ask([text]) == [text.upper()]

    await asyncio.gather(*map(ask_again_and_again, "abcd"))

    assert len(capitals.groups[0]) == 4
    assert sorted(itertools.chain(*capitals.groups[-2:])) == ["a", "b", "c", "d"]


async def test_only_those_who_ask_for_the_same_go_together():
    groups: list[tuple[str, list[str]]] = []

    async def ask(kind: str, texts: list[str]) -> Sequence[str]:
        groups.append((kind, texts))
        return [f"{kind} {text}" for text in texts]

    together = TogetherByKind(ask)
    asked = [("en", "a"), ("fr", "b"), ("en", "c"), ("fr", "d")]
    answers = await asyncio.gather(*(together.ask(kind, [text]) for kind, text in asked))

    assert answers == [["en a"], ["fr b"], ["en c"], ["fr d"]]
    assert groups == [("en", ["a", "c"]), ("fr", ["b", "d"])]
