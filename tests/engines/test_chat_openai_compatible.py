"""Chat with servers that speak OpenAI's API, against a stand-in that remembers."""

import asyncio
import base64
from collections.abc import Iterator
from typing import Any

import pytest

from outcrop.engines.chat.interface import (
    ChatError,
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
    Usage,
)
from outcrop.engines.chat.openai_compatible import OpenAICompatibleChatModel
from outcrop.engines.chat.settings import OpenAICompatibleSettings
from tests.engines.chat_servers import Answer, Answers, StandIn, as_json, for_ever, is_set, sse

pytestmark = pytest.mark.anyio

HELLO = Prompt(messages=[Message("user", [Text("Hello")])])
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
USAGE = {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}}


def chunk(delta: Any = None, finish_reason: str | None = None, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta or {}, "finish_reason": finish_reason, **more}
    return {"object": "chat.completion.chunk", "choices": [choice]}


def streamed(*events: Any) -> Answers:
    return lambda _: Answer(chunks=sse(*events, "[DONE]"))


HI = streamed(
    chunk({"role": "assistant", "content": ""}),
    chunk({"content": "Hi"}),
    chunk({"content": " you"}),
    chunk({}, "stop"),
    {"choices": [], "usage": USAGE},
)


async def said(answers: Answers, prompt: Prompt = HELLO, **settings: Any) -> list[Delta]:
    with StandIn(answers).running() as server:
        model = model_of(server, **settings)
        try:
            return [delta async for delta in model.generate(prompt)]
        finally:
            await model.close()


def model_of(server: StandIn, **settings: Any) -> OpenAICompatibleChatModel:
    return OpenAICompatibleChatModel(
        OpenAICompatibleSettings(**{"url": f"{server.url}/v1", "model": "qwen3", **settings})
    )


async def test_text_streams_and_ends_with_its_cost() -> None:
    usage = Usage(input_tokens=9, output_tokens=2, cached_input_tokens=4)

    assert await said(HI) == [
        TextDelta("Hi"),
        TextDelta(" you"),
        Finished(reason="end", usage=usage),
    ]


async def test_the_server_is_told_everything() -> None:
    prompt = Prompt(
        messages=[
            Message("system", [Text("Be brief.")]),
            Message("user", [Text("Look:"), Image(b"\x89PNG", "image/png")]),
            Message("assistant", [Text("Hm."), ToolUse("c1", "weather", {"city": "Évry"})]),
            Message("user", [ToolResult("c1", "rain"), Text("So?")]),
        ],
        tools=[Tool("weather", "The weather.", SCHEMA)],
        tool_choice=ToolChoice("tool", "weather"),
        sampling=Sampling(
            max_tokens=5,
            temperature=0.0,
            top_p=0.5,
            top_k=3,
            stop_sequences=["END"],
            seed=7,
            presence_penalty=0.1,
            frequency_penalty=0.2,
            repetition_penalty=1.1,
            logit_bias={42: -100.0},
        ),
        json_schema=SCHEMA,
    )
    with StandIn(HI).running() as server:
        model = model_of(server, api_key="secret", sees_images=True)
        async for _ in model.generate(prompt):
            pass
        await model.close()

    [asked] = server.asked
    assert (asked.path, asked.headers["authorization"]) == ("/v1/chat/completions", "Bearer secret")
    assert asked.body == {
        "model": "qwen3",
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 5,
        "temperature": 0.0,
        "top_p": 0.5,
        "top_k": 3,
        "stop": ["END"],
        "seed": 7,
        "presence_penalty": 0.1,
        "frequency_penalty": 0.2,
        "repetition_penalty": 1.1,
        "logit_bias": {"42": -100.0},
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": SCHEMA},
        },
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "weather",
                    "description": "The weather.",
                    "parameters": SCHEMA,
                },
            }
        ],
        "tool_choice": {"type": "function", "function": {"name": "weather"}},
        "messages": [
            {"role": "system", "content": "Be brief."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Look:"},
                    {
                        "type": "image_url",
                        "image_url": {
                            "url": "data:image/png;base64," + base64.b64encode(b"\x89PNG").decode()
                        },
                    },
                ],
            },
            {
                "role": "assistant",
                "content": "Hm.",
                "tool_calls": [
                    {
                        "id": "c1",
                        "type": "function",
                        "function": {"name": "weather", "arguments": '{"city": "Évry"}'},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": "c1", "content": "rain"},
            {"role": "user", "content": "So?"},
        ],
    }


async def test_what_is_left_open_is_left_to_the_server() -> None:
    with StandIn(HI).running() as server:
        model = model_of(server)
        async for _ in model.generate(HELLO):
            pass
        await model.close()

    [asked] = server.asked
    assert "authorization" not in asked.headers
    assert asked.body == {
        "model": "qwen3",
        "stream": True,
        "stream_options": {"include_usage": True},
        "messages": [{"role": "user", "content": "Hello"}],
    }


def call(index: int, arguments: str = "", **more: Any) -> dict[str, Any]:
    return {"tool_calls": [{"index": index, "function": {"arguments": arguments}, **more}]}


async def test_tool_calls_stream_one_after_the_other() -> None:
    answers = streamed(
        chunk({"content": "Well"}),
        chunk(call(0, id="a", function={"name": "weather", "arguments": ""})),
        chunk(call(0, '{"city":')),
        chunk(call(0, ' "Lyon"}')),
        chunk(call(1, id="b", function={"name": "time", "arguments": ""})),
        chunk({}, "tool_calls"),
    )

    assert await said(answers) == [
        TextDelta("Well"),
        ToolUseStarted("a", "weather"),
        ToolInputDelta('{"city":'),
        ToolInputDelta(' "Lyon"}'),
        ToolUseStarted("b", "time"),
        ToolInputDelta("{}"),
        Finished(reason="tool_use", usage=Usage(input_tokens=0, output_tokens=0)),
    ]


@pytest.mark.parametrize(
    ("last", "reason", "stop_sequence"),
    [
        (chunk({}, "length"), "max_tokens", None),
        (chunk({}, "content_filter"), "content_filter", None),
        (chunk({}, "stop", stop_reason="END"), "stop_sequence", "END"),
        (chunk({}, "stop", stop_reason=128001), "end", None),
    ],
)
async def test_the_reason_to_stop_is_told(last: Any, reason: Any, stop_sequence: Any) -> None:
    deltas = await said(streamed(chunk({"content": "x"}), last))

    usage = Usage(input_tokens=0, output_tokens=0)
    assert deltas[-1] == Finished(reason=reason, usage=usage, stop_sequence=stop_sequence)


def error(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "x"}}


@pytest.mark.parametrize(
    ("answer", "raised", "says"),
    [
        (as_json(401, error("bad key")), ModelUnavailableError, "refused with 401: bad key"),
        (as_json(404, error("no such model")), ModelUnavailableError, "no such model"),
        (as_json(400, error("bad schema")), InvalidPromptError, "bad schema"),
        (
            as_json(400, error("This model's maximum context length is 10 tokens.")),
            ContextOverflowError,
            "10 tokens",
        ),
        (as_json(503, {"detail": "warming up"}), OverloadedError, "warming up"),
        (as_json(500, "boom"), GenerationFailedError, "boom"),
        (Answer(chunks=sse(error("died"))), GenerationFailedError, "died"),
        (Answer(chunks=sse(chunk({"content": "x"}))), GenerationFailedError, "broke off"),
        (Answer(chunks=iter([b"data: {nonsense\n\n"])), GenerationFailedError, "no JSON"),
    ],
)
async def test_refusals_become_errors_of_the_interface(
    answer: Answer, raised: type[ChatError], says: str
) -> None:
    with pytest.raises(raised, match=says):
        await said(lambda _: answer)


async def test_too_many_requests_say_when_to_come_back() -> None:
    answers = lambda _: as_json(429, error("slow down"), **{"retry-after": "7"})  # noqa: E731

    with pytest.raises(OverloadedError, match="slow down") as caught:
        await said(answers)

    assert caught.value.retry_after_seconds == 7.0


async def test_a_server_that_is_not_there_is_an_unavailable_model() -> None:
    with StandIn(HI).running() as server:
        model = model_of(server)

    with pytest.raises(ModelUnavailableError, match="does not answer"):
        await model.count_tokens(HELLO)
    await model.close()


async def test_images_need_a_model_that_is_said_to_see() -> None:
    prompt = Prompt(messages=[Message("user", [Image(b"", "image/png")])])

    with pytest.raises(UnsupportedInputError, match="qwen3 is not set up to see images"):
        await said(HI, prompt)


async def test_tokens_are_counted_by_asking_for_a_single_one() -> None:
    counted = {"choices": [], "usage": {"prompt_tokens": 31}}
    with StandIn(lambda _: as_json(200, counted)).running() as server:
        model = model_of(server)
        count = await model.count_tokens(HELLO)
        await model.close()

    assert count == 31
    assert server.asked[0].body == {
        "model": "qwen3",
        "max_tokens": 1,
        "messages": [{"role": "user", "content": "Hello"}],
    }


async def test_closing_the_stream_hangs_up() -> None:
    [endless] = sse(chunk({"content": "x"}))
    with StandIn(lambda _: Answer(chunks=for_ever(endless))).running() as server:
        model = model_of(server)
        deltas = model.generate(HELLO)
        first = await anext(deltas)
        await deltas.aclose()

        assert first == TextDelta("x")
        assert await is_set(server.hung_up)
        await model.close()


async def test_pieces_arrive_as_they_are_sent() -> None:
    release = asyncio.Event()
    loop = asyncio.get_running_loop()

    def chunks() -> Iterator[bytes]:
        yield from sse(chunk({"content": "early"}))
        asyncio.run_coroutine_threadsafe(release.wait(), loop).result(20)
        yield from sse(chunk({}, "stop"), "[DONE]")

    with StandIn(lambda _: Answer(chunks=chunks())).running() as server:
        model = model_of(server)
        deltas = model.generate(HELLO)
        first = await anext(deltas)
        release.set()
        rest = [delta async for delta in deltas]
        await model.close()

    usage = Usage(input_tokens=0, output_tokens=0)
    assert [first, *rest] == [TextDelta("early"), Finished(reason="end", usage=usage)]


async def test_raw_words_go_to_completions_without_turns() -> None:
    words = {"choices": [{"index": 0, "text": " you", "finish_reason": None}]}
    end = {"choices": [{"index": 0, "text": "", "finish_reason": "stop"}], "usage": USAGE}
    asked = Prompt(messages=HELLO.messages, is_raw=True)
    with StandIn(streamed(words, end)).running() as server:
        model = model_of(server)
        deltas = [delta async for delta in model.generate(asked)]
        await model.close()

    assert deltas[0] == TextDelta(" you")
    assert (server.asked[0].path, server.asked[0].body["prompt"]) == ("/v1/completions", "Hello")
    assert "messages" not in server.asked[0].body
