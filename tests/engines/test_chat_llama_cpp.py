"""Chat on llama.cpp with the small model, in a worker that all tests share."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from outcrop.engines.chat.interface import (
    ContextOverflowError,
    Delta,
    Finished,
    GenerationFailedError,
    Image,
    InvalidPromptError,
    Message,
    ModelUnavailableError,
    OverloadedError,
    Prompt,
    Sampling,
    Text,
    TextDelta,
    Tool,
    ToolChoice,
    ToolInputDelta,
    ToolResult,
    ToolUse,
    ToolUseStarted,
    UnsupportedInputError,
)
from outcrop.engines.chat.llama_cpp import LlamaCppChatModel
from outcrop.engines.chat.settings import LlamaCppSettings
from outcrop.engines.workers.settings import WorkerSettings
from tests.small_weights import small_weights

pytestmark = pytest.mark.anyio

NAME = "qwen2.5-coder-0.5b-instruct-q4_k_m"
SLOTS = 2
WEATHER = Tool(
    "get_weather",
    "Get the current weather in a city.",
    {
        "type": "object",
        "properties": {"city": {"type": "string"}, "unit": {"enum": ["celsius", "kelvin"]}},
        "required": ["city", "unit"],
    },
)
CALCULATE = Tool(
    "calculate",
    "Evaluate an arithmetic expression exactly.",
    {
        "type": "object",
        "properties": {"expression": {"type": "string"}},
        "required": ["expression"],
    },
)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Let the tests of this module share an event loop, and so a worker."""
    return "asyncio"


@pytest.fixture(scope="module")
def weights() -> Path:
    return small_weights().path(NAME)


@pytest.fixture(scope="module")
async def model(weights: Path) -> AsyncIterator[LlamaCppChatModel]:
    settings = LlamaCppSettings(
        model=weights, name=NAME, slots=SLOTS, queue_length=2, context_tokens=2048, threads=1
    )
    model = LlamaCppChatModel(settings)
    yield model
    await model.close()


async def until(happens: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not happens():  # noqa: ASYNC110 - what is waited for belongs to another object
            await asyncio.sleep(0)


def user(text: str) -> Message:
    return Message("user", [Text(text)])


def prompt(text: str, max_tokens: int = 16, *, temperature: float = 0.0, **more: Any) -> Prompt:
    sampling = Sampling(max_tokens=max_tokens, temperature=temperature, **more)
    return Prompt(messages=[user(text)], sampling=sampling)


async def said(model: LlamaCppChatModel, asked: Prompt) -> list[Delta]:
    return [delta async for delta in model.generate(asked)]


def text_of(deltas: Sequence[Delta]) -> str:
    return "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))


def input_of(deltas: Sequence[Delta]) -> Any:
    return json.loads("".join(d.json for d in deltas if isinstance(d, ToolInputDelta)))


def end_of(deltas: Sequence[Delta]) -> Finished:
    last = deltas[-1]
    assert isinstance(last, Finished)
    return last


async def test_it_knows_the_capital_of_france(model: LlamaCppChatModel) -> None:
    deltas = await said(model, prompt("What is the capital of France? One word."))

    assert (text_of(deltas), end_of(deltas).reason) == ("Paris", "end")


async def test_it_speaks_french(model: LlamaCppChatModel) -> None:
    deltas = await said(model, prompt("Explique le cloud en une phrase.", 40))

    assert " cloud est " in text_of(deltas)
    assert len(deltas) > 10


async def test_tokens_are_counted_as_they_are_used(model: LlamaCppChatModel) -> None:
    asked = prompt("Write a poem.", 7)
    deltas = await said(model, asked)

    usage = end_of(deltas).usage
    assert end_of(deltas).reason == "max_tokens"
    assert (usage.input_tokens, usage.output_tokens) == (await model.count_tokens(asked), 7)


async def test_words_end_with_their_time(model: LlamaCppChatModel) -> None:
    deltas = await said(model, prompt("Write a very long story.", 1500, max_seconds=0.5))

    usage = end_of(deltas).usage
    assert end_of(deltas).reason == "max_tokens"
    assert 1 <= usage.output_tokens <= 1000
    assert len(deltas) - 1 <= usage.output_tokens


async def test_json_and_calls_are_brought_to_their_end(model: LlamaCppChatModel) -> None:
    hurried = Sampling(max_tokens=60, temperature=0.0, max_seconds=0.0)
    person = Prompt(messages=[user("A person, as JSON.")], json_schema={}, sampling=hurried)
    weather = Prompt(
        messages=[user("What is the weather in Paris, in kelvin?")],
        tools=[WEATHER],
        tool_choice=ToolChoice("any"),
        sampling=hurried,
    )

    assert isinstance(json.loads(text_of(await said(model, person))), dict)
    assert input_of(await said(model, weather)).keys() == {"city", "unit"}


async def test_who_waits_for_a_slot_longer_than_the_answer_may_take_is_told_so(
    model: LlamaCppChatModel,
) -> None:
    endless = [model.generate(prompt("Write a very long story.", 1500)) for _ in range(SLOTS)]
    for deltas in endless:
        await anext(deltas)

    with pytest.raises(OverloadedError, match="No slot was free in time"):
        await said(model, prompt("Hi", 2, max_seconds=0.2))

    for deltas in endless:
        await deltas.aclose()


async def test_tools_count_as_tokens(model: LlamaCppChatModel) -> None:
    bare = Prompt(messages=[user("Hello")])
    with_tools = Prompt(messages=[user("Hello")], tools=[WEATHER])

    assert await model.count_tokens(with_tools) > await model.count_tokens(bare) + 50


async def test_the_stop_sequence_that_is_met_is_told_and_is_no_part_of_the_text(
    model: LlamaCppChatModel,
) -> None:
    asked = prompt("Count: 1 2 3 4 5 6 7 8 9", 40, stop_sequences=["nowhere", "4"])
    deltas = await said(model, asked)

    assert (end_of(deltas).reason, end_of(deltas).stop_sequence) == ("stop_sequence", "4")
    assert "3" in text_of(deltas)
    assert "4" not in text_of(deltas)


async def test_a_seed_gives_the_same_text_again(model: LlamaCppChatModel) -> None:
    texts = [
        text_of(await said(model, prompt("Invent a name.", 12, temperature=1.5, seed=seed)))
        for seed in (11, 12, 11)
    ]

    assert texts[0] == texts[2] != texts[1]


async def test_logit_bias_forbids_a_token(model: LlamaCppChatModel) -> None:
    paris = 59604  # "Paris", as the model's vocabulary has it.

    deltas = await said(
        model, prompt("What is the capital of France? One word.", logit_bias={paris: -100.0})
    )

    assert not text_of(deltas).startswith("Paris")


async def test_the_next_turn_finds_its_beginning_in_the_cache(model: LlamaCppChatModel) -> None:
    first = [Message("system", [Text("You are terse. " * 20)]), user("Name a colour.")]
    sampling = Sampling(max_tokens=8, temperature=0.0)
    answer = await said(model, Prompt(messages=first, sampling=sampling))
    told = [*first, Message("assistant", [Text(text_of(answer))]), user("Another one.")]

    usage = end_of(await said(model, Prompt(messages=told, sampling=sampling))).usage

    assert end_of(answer).usage.input_tokens <= usage.cached_input_tokens < usage.input_tokens


async def test_a_json_schema_is_kept_to(model: LlamaCppChatModel) -> None:
    schema = {
        "type": "object",
        "properties": {"mood": {"enum": ["good", "bad"]}, "score": {"type": "integer"}},
        "required": ["mood", "score"],
    }
    asked = Prompt(
        messages=[user("I love it! Rate this from 0 to 9.")],
        json_schema=schema,
        sampling=Sampling(max_tokens=60, temperature=0.0),
    )

    given = json.loads(text_of(await said(model, asked)))

    assert given["mood"] == "good"
    assert isinstance(given["score"], int)


async def test_any_json_object_will_do_for_an_empty_schema(model: LlamaCppChatModel) -> None:
    asked = Prompt(
        messages=[user("A person with name and age, as JSON.")],
        json_schema={},
        sampling=Sampling(max_tokens=80, temperature=0.0),
    )

    assert isinstance(json.loads(text_of(await said(model, asked))), dict)


async def test_a_schema_that_cannot_be_kept_to_is_refused(model: LlamaCppChatModel) -> None:
    asked = Prompt(messages=[user("Hi")], json_schema={"type": "nonsense"})

    with pytest.raises(InvalidPromptError, match=r'held to this JSON schema: \{"type": "nonsens'):
        await said(model, asked)


async def test_keywords_that_cannot_be_enforced_are_let_pass(model: LlamaCppChatModel) -> None:
    links = {"type": "array", "items": {"type": "string", "format": "uri"}, "uniqueItems": True}
    schema = {"type": "object", "properties": {"links": links}, "required": ["links"]}
    asked = Prompt(
        messages=[user("Give a link to example.com.")],
        json_schema=schema,
        sampling=Sampling(max_tokens=60, temperature=0.0),
    )

    assert list(json.loads(text_of(await said(model, asked)))) == ["links"]


@pytest.mark.parametrize(
    ("text", "tools", "name", "given"),
    [
        ("What is the weather in Paris, in kelvin?", [WEATHER], "get_weather", "Paris"),
        ("Combien font 17 fois 23 ?", [WEATHER, CALCULATE], "calculate", "17"),
    ],
)
async def test_a_tool_is_called_when_it_is_needed(
    model: LlamaCppChatModel, text: str, tools: list[Tool], name: str, given: str
) -> None:
    asked = Prompt(messages=[user(text)], tools=tools, sampling=Sampling(max_tokens=60))

    deltas = await said(model, asked)

    assert end_of(deltas).reason == "tool_use"
    assert [d.name for d in deltas if isinstance(d, ToolUseStarted)] == [name]
    assert given in next(iter(input_of(deltas).values()))


@pytest.mark.parametrize("text", ["Hello!", "Explique le cloud en une phrase."])
async def test_no_tool_is_called_when_none_is_needed(model: LlamaCppChatModel, text: str) -> None:
    sampling = Sampling(max_tokens=20, temperature=0.0)

    deltas = await said(model, Prompt(messages=[user(text)], tools=[WEATHER], sampling=sampling))

    assert {type(delta) for delta in deltas} == {TextDelta, Finished}


async def test_a_tools_result_is_answered_from(model: LlamaCppChatModel) -> None:
    messages = [
        user("How much is 1234 * 5678?"),
        Message("assistant", [ToolUse("c1", "calculate", {"expression": "1234 * 5678"})]),
        Message("user", [ToolResult("c1", "7006652")]),
    ]
    asked = Prompt(
        messages=messages, tools=[CALCULATE], sampling=Sampling(max_tokens=60, temperature=0.0)
    )

    deltas = await said(model, asked)

    assert {type(delta) for delta in deltas} == {TextDelta, Finished}
    assert "7006652" in text_of(deltas)


@pytest.mark.parametrize("choice", [ToolChoice("any"), ToolChoice("tool", "get_weather")])
async def test_a_tool_that_must_be_called_is_called(
    model: LlamaCppChatModel, choice: ToolChoice
) -> None:
    asked = Prompt(
        messages=[user("Hello from Lyon!")],
        tools=[WEATHER],
        tool_choice=choice,
        sampling=Sampling(max_tokens=40),
    )

    deltas = await said(model, asked)

    assert end_of(deltas).reason == "tool_use"
    assert input_of(deltas).keys() == {"city", "unit"}
    assert input_of(deltas)["unit"] in ("celsius", "kelvin")


async def test_a_tool_that_must_not_be_called_is_not(model: LlamaCppChatModel) -> None:
    asked = Prompt(
        messages=[user("What is the weather in Paris?")],
        tools=[WEATHER],
        tool_choice=ToolChoice("none"),
        sampling=Sampling(max_tokens=10, temperature=0.0),
    )

    assert {type(delta) for delta in await said(model, asked)} == {TextDelta, Finished}


async def test_a_tool_input_that_is_cut_says_so(model: LlamaCppChatModel) -> None:
    asked = Prompt(
        messages=[user("What is the weather in Paris?")],
        tools=[WEATHER],
        tool_choice=ToolChoice("any"),
        sampling=Sampling(max_tokens=3),
    )

    assert end_of(await said(model, asked)).reason == "max_tokens"


async def test_an_unknown_tool_cannot_be_chosen(model: LlamaCppChatModel) -> None:
    asked = Prompt(
        messages=[user("Hi")], tools=[WEATHER], tool_choice=ToolChoice("tool", "missing")
    )

    with pytest.raises(InvalidPromptError, match="'missing', which is not among the tools"):
        await said(model, asked)


async def test_images_are_refused(model: LlamaCppChatModel) -> None:
    seen = Prompt(messages=[Message("user", [Image(b"", "image/png")])])

    with pytest.raises(UnsupportedInputError, match="sees no images"):
        await said(model, seen)


async def test_a_prompt_that_is_too_long_is_refused_with_the_limit(
    model: LlamaCppChatModel,
) -> None:
    with pytest.raises(ContextOverflowError, match="context holds 2048") as caught:
        await said(model, prompt("word " * 3000))

    assert caught.value.context_tokens == 2048
    assert caught.value.prompt_tokens is not None
    assert caught.value.prompt_tokens > 3000


async def test_requests_are_generated_side_by_side(model: LlamaCppChatModel) -> None:
    async with aclosing(model.generate(prompt("Write a long story.", 200))) as long:
        await anext(long)
        short = await said(model, prompt("What is the capital of Italy? One word."))

        assert text_of(short) == "Rome"
        assert isinstance(await anext(long), TextDelta)


async def test_who_finds_all_places_taken_is_refused_at_once(model: LlamaCppChatModel) -> None:
    endless = [model.generate(prompt(f"Write story {n}.", 300)) for n in range(SLOTS)]
    for deltas in endless:
        await anext(deltas)
    waiting = [asyncio.create_task(said(model, prompt(f"Say {n}.", 2))) for n in range(2)]
    await until(lambda: model.places.waiting == 2)

    with pytest.raises(OverloadedError) as caught:
        await said(model, prompt("Hi", 2))

    assert caught.value.retry_after_seconds >= 1
    for deltas in endless:
        await deltas.aclose()
    assert [len(await task) > 0 for task in waiting] == [True, True]


async def test_closing_the_stream_frees_its_slot_within_a_second(model: LlamaCppChatModel) -> None:
    loop = asyncio.get_running_loop()
    deltas = model.generate(prompt("Write a very long story.", 1500))
    await anext(deltas)
    await deltas.aclose()

    closed = loop.time()
    while await model.busy_slots():
        assert loop.time() - closed < 1.0


async def test_a_worker_that_dies_fails_its_streams_and_comes_back(
    model: LlamaCppChatModel,
) -> None:
    deltas = model.generate(prompt("Write a long story.", 500))
    await anext(deltas)
    assert model.worker.process is not None
    await model.worker.process.kill()

    with pytest.raises(GenerationFailedError, match="was killed by SIGKILL"):
        async for _ in deltas:
            pass

    assert text_of(await said(model, prompt("What is the capital of France? One word."))) == "Paris"


async def test_weights_that_are_not_there_are_an_unavailable_model(tmp_path: Path) -> None:
    model = LlamaCppChatModel(LlamaCppSettings(model=tmp_path / "missing.gguf"))

    with pytest.raises(ModelUnavailableError, match=r"missing\.gguf are not there"):
        await model.count_tokens(prompt("Hi"))
    await model.close()


async def test_weights_that_do_not_load_are_an_unavailable_model(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF, but no more than that")
    log: list[str] = []
    model = LlamaCppChatModel(LlamaCppSettings(model=broken), log=log.append)

    with pytest.raises(ModelUnavailableError, match=r"broken does not start: .*does not load"):
        await model.count_tokens(prompt("Hi"))
    await model.close()


async def test_an_unloaded_model_holds_no_memory_and_loads_again(weights: Path) -> None:
    settings = LlamaCppSettings(
        model=weights,
        slots=1,
        context_tokens=512,
        worker=WorkerSettings(idle_seconds=None),
    )
    model = LlamaCppChatModel(settings)
    counted = await model.count_tokens(prompt("Hi"))
    loaded = model.memory_bytes

    await model.unload()

    assert model.memory_bytes == 0
    assert 300_000_000 < loaded < 1.2 * model.expected_memory_bytes
    assert await model.count_tokens(prompt("Hi")) == counted
    await model.close()


async def test_raw_words_are_continued_without_turns(model: LlamaCppChatModel) -> None:
    counted = "1, 2, 3, 4, 5, 6, 7,"
    asked = Prompt(
        messages=[user(counted)], is_raw=True, sampling=Sampling(max_tokens=6, temperature=0.0)
    )

    deltas = await said(model, asked)

    assert text_of(deltas).startswith(" 8, 9")
    assert await model.count_tokens(asked) < await model.count_tokens(prompt(counted))


async def test_words_come_with_their_tokens_where_a_prompt_asks(model: LlamaCppChatModel) -> None:
    asked = prompt("Name the capital of France in one word.", max_tokens=8)

    silent = await said(model, asked)
    told = await said(model, replace(asked, tells_tokens=True))

    tokens = [token for delta in told if isinstance(delta, TextDelta) for token in delta.tokens]
    assert not [delta for delta in silent if isinstance(delta, TextDelta) and delta.tokens]
    assert "".join(token.text for token in tokens) == text_of(told) == text_of(silent)
    assert all(token.id and token.logprob is not None and token.logprob <= 0 for token in tokens)
