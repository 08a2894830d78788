"""Which chat model answers for which model id, and who makes room for whom."""

import contextlib
from collections.abc import AsyncGenerator, Callable

import pytest

from outcrop.engines.chat.interface import (
    Delta,
    Finished,
    Message,
    ModelUnavailableError,
    OverloadedError,
    Prompt,
    Text,
    TextDelta,
    Usage,
)
from outcrop.engines.chat.router import ChatRouter

pytestmark = pytest.mark.anyio

HELLO = Prompt(messages=[Message("user", [Text("Hello")])])
DONE = Finished(reason="end", usage=Usage(input_tokens=1, output_tokens=1))


class Parrot:
    """A model that says for whom it was asked, and takes memory while it is loaded."""

    sees_images = False

    def __init__(self, name: str, size_bytes: int) -> None:
        self.name = name
        self.expected_memory_bytes = size_bytes
        self.memory_bytes = 0
        self.is_closed = False

    async def generate(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        self.memory_bytes = self.expected_memory_bytes
        yield TextDelta(prompt.model_id)
        yield DONE

    async def count_tokens(self, prompt: Prompt) -> int:
        self.memory_bytes = self.expected_memory_bytes
        return len(prompt.messages)

    async def unload(self) -> None:
        self.memory_bytes = 0

    async def close(self) -> None:
        self.is_closed = True


class Cage:
    """Some models and the router over them."""

    def __init__(self, memory_bytes: int | None = None, **sizes_bytes: int) -> None:
        self.models = {name: Parrot(name, size) for name, size in sizes_bytes.items()}
        self.made: list[str] = []
        self.router = ChatRouter(
            routes={**{f"{name}.*": name for name in sizes_bytes}, "old.*": "a", "lost.*": "lost"},
            models={name: self._maker(name) for name in sizes_bytes},
            memory_bytes=memory_bytes,
        )

    def _maker(self, name: str) -> Callable[[], Parrot]:
        def make() -> Parrot:
            self.made.append(name)
            return self.models[name]

        return make

    async def ask(self, model_id: str) -> list[Delta]:
        return [delta async for delta in self.router.model(model_id).generate(HELLO)]

    def loaded(self) -> list[str]:
        return [name for name, model in self.models.items() if model.memory_bytes]


async def test_the_first_pattern_that_fits_decides() -> None:
    cage = Cage(a=1, b=1)

    assert cage.router.model("old.one").name == "a"
    assert cage.router.model("b.two").name == "b"


async def test_models_learn_whom_the_caller_asked_for() -> None:
    assert await Cage(a=1).ask("a.claude:0") == [TextDelta("a.claude:0"), DONE]


async def test_models_are_made_once_and_not_before_they_are_asked_for() -> None:
    cage = Cage(a=1, b=1)
    for model_id in ("a.x", "a.y", "old.z"):
        await cage.ask(model_id)

    assert cage.made == ["a"]


async def test_no_route_is_an_error_that_names_the_routes() -> None:
    with pytest.raises(ModelUnavailableError, match=r"No route answers for x\.y.*a\.\*, old"):
        Cage(a=1).router.model("x.y")


async def test_a_route_to_nothing_is_an_error() -> None:
    with pytest.raises(ModelUnavailableError, match="'lost' is routed to, but no model"):
        Cage(a=1).router.model("lost.x")


async def test_the_longest_unused_makes_room() -> None:
    cage = Cage(memory_bytes=10, a=4, b=4, c=4)
    for model_id in ("a.x", "b.x", "a.x", "c.x"):
        await cage.ask(model_id)

    assert cage.loaded() == ["a", "c"]


async def test_no_more_than_needed_is_unloaded() -> None:
    cage = Cage(memory_bytes=10, a=2, b=4, c=6)
    for model_id in ("a.x", "b.x", "c.x"):
        await cage.ask(model_id)

    assert cage.loaded() == ["b", "c"]


async def test_a_model_in_use_stays() -> None:
    cage = Cage(memory_bytes=10, a=6, b=2, c=4)
    async with contextlib.aclosing(cage.router.model("a.x").generate(HELLO)) as deltas:
        await anext(deltas)
        await cage.ask("b.x")
        await cage.ask("c.x")

        assert cage.loaded() == ["a", "c"]


async def test_what_does_not_fit_beside_models_in_use_has_to_wait() -> None:
    cage = Cage(memory_bytes=10, a=6, b=6)
    async with contextlib.aclosing(cage.router.model("a.x").generate(HELLO)) as deltas:
        await anext(deltas)
        with pytest.raises(OverloadedError, match=r"b needs .* does not fit beside a, in use now"):
            await cage.ask("b.x")

    assert await cage.ask("b.x") == [TextDelta("b.x"), DONE]
    assert cage.loaded() == ["b"]


async def test_a_model_larger_than_the_budget_is_unavailable() -> None:
    with pytest.raises(ModelUnavailableError, match=r"a needs 2\.0 GB, more than the 1\.0 GB"):
        await Cage(memory_bytes=10**9, a=2 * 10**9).ask("a.x")


async def test_counting_tokens_takes_room_too() -> None:
    cage = Cage(memory_bytes=10, a=6, b=6)
    await cage.ask("a.x")

    assert await cage.router.model("b.x").count_tokens(HELLO) == 1
    assert cage.loaded() == ["b"]


async def test_without_a_budget_all_stay() -> None:
    cage = Cage(a=10**12, b=10**12)
    await cage.ask("a.x")
    await cage.ask("b.x")

    assert cage.loaded() == ["a", "b"]


async def test_closing_closes_what_was_made() -> None:
    cage = Cage(a=1, b=1)
    await cage.ask("a.x")

    await cage.router.close()

    assert [cage.models["a"].is_closed, cage.models["b"].is_closed] == [True, False]
