"""Chat with Anthropic's Messages API, against a stand-in that remembers."""

from typing import Any

import pytest

from outcrop.engines.chat.anthropic import AnthropicChatModel
from outcrop.engines.chat.interface import (
    ChatError,
    ContextOverflowError,
    Delta,
    Finished,
    GenerationFailedError,
    Image,
    InvalidPromptError,
    Message,
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
from outcrop.engines.chat.settings import AnthropicSettings
from tests.engines.chat_servers import Answer, Answers, StandIn, as_json, for_ever, is_set, sse

pytestmark = pytest.mark.anyio

HELLO = Prompt(messages=[Message("user", [Text("Hello")])])
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
WEATHER = Tool("weather", "The weather.", SCHEMA)
START = {
    "type": "message_start",
    "message": {
        "usage": {
            "input_tokens": 5,
            "cache_read_input_tokens": 3,
            "cache_creation_input_tokens": 2,
            "output_tokens": 1,
        }
    },
}
USAGE = Usage(input_tokens=10, output_tokens=4, cached_input_tokens=3)


def block(content_block: Any, *deltas: Any) -> list[Any]:
    return [
        {"type": "content_block_start", "index": 0, "content_block": content_block},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": 0},
    ]


def text(*pieces: str) -> list[Any]:
    deltas = [{"type": "text_delta", "text": piece} for piece in pieces]
    return block({"type": "text", "text": ""}, *deltas)


def tool_use(name: str, *pieces: str) -> list[Any]:
    deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
    return block({"type": "tool_use", "id": f"id_{name}", "name": name, "input": {}}, *deltas)


def end(stop_reason: str = "end_turn", stop_sequence: str | None = None) -> list[Any]:
    delta = {"stop_reason": stop_reason, "stop_sequence": stop_sequence}
    return [
        {"type": "message_delta", "delta": delta, "usage": {"output_tokens": 4}},
        {"type": "message_stop"},
    ]


def streamed(*events: Any) -> Answers:
    return lambda _: Answer(chunks=sse(*events, named=True))


HI = streamed(START, {"type": "ping"}, *text("Hi", " you"), *end())


def model_of(server: StandIn) -> AnthropicChatModel:
    return AnthropicChatModel(
        AnthropicSettings(model="claude-x", api_key="secret", url=server.url, max_tokens=99)
    )


async def said(answers: Answers, prompt: Prompt = HELLO) -> list[Delta]:
    with StandIn(answers).running() as server:
        model = model_of(server)
        try:
            return [delta async for delta in model.generate(prompt)]
        finally:
            await model.close()


async def asked(prompt: Prompt, answers: Answers = HI) -> Any:
    with StandIn(answers).running() as server:
        model = model_of(server)
        async for _ in model.generate(prompt):
            pass
        await model.close()
    return server.asked[0]


async def test_text_streams_and_ends_with_its_cost() -> None:
    assert await said(HI) == [
        TextDelta("Hi"),
        TextDelta(" you"),
        Finished(reason="end", usage=USAGE),
    ]


async def test_a_tool_s_pictures_stand_in_its_result() -> None:
    shown = ToolResult("t1", "As shown.", images=[Image(b"GIF", "image/gif")])
    alone = ToolResult("t2", "", images=[Image(b"GIF", "image/gif")])

    request = await asked(Prompt(messages=[Message("user", [shown, alone])]))

    source = {"type": "base64", "media_type": "image/gif", "data": "R0lG"}
    picture = {"type": "image", "source": source}
    first, second = request.body["messages"][0]["content"]
    assert first["content"] == [{"type": "text", "text": "As shown."}, picture]
    assert second["content"] == [picture]


async def test_the_api_is_told_everything() -> None:
    prompt = Prompt(
        messages=[
            Message("system", [Text("Be brief.")]),
            Message("user", [Text("Look:"), Image(b"GIF", "image/gif")]),
            Message("assistant", [ToolUse("t1", "weather", {"city": "Évry"})]),
            Message("user", [ToolResult("t1", "no such city", is_error=True)]),
        ],
        tools=[WEATHER],
        tool_choice=ToolChoice("tool", "weather"),
        sampling=Sampling(
            max_tokens=5, temperature=0.0, top_p=0.5, top_k=3, stop_sequences=["END"]
        ),
    )

    request = await asked(prompt)

    assert request.path == "/v1/messages"
    assert request.headers["x-api-key"] == "secret"
    assert request.headers["anthropic-version"] == "2023-06-01"
    assert request.body == {
        "model": "claude-x",
        "stream": True,
        "max_tokens": 5,
        "temperature": 0.0,
        "top_p": 0.5,
        "top_k": 3,
        "stop_sequences": ["END"],
        "system": [{"type": "text", "text": "Be brief."}],
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Look:"},
                    {
                        "type": "image",
                        "source": {"type": "base64", "media_type": "image/gif", "data": "R0lG"},
                    },
                ],
            },
            {
                "role": "assistant",
                "content": [
                    {"type": "tool_use", "id": "t1", "name": "weather", "input": {"city": "Évry"}}
                ],
            },
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": "t1",
                        "content": "no such city",
                        "is_error": True,
                    }
                ],
            },
        ],
        "tools": [{"name": "weather", "description": "The weather.", "input_schema": SCHEMA}],
        "tool_choice": {"type": "tool", "name": "weather"},
    }


async def test_a_bound_is_set_where_the_prompt_sets_none() -> None:
    request = await asked(HELLO)

    assert request.body == {
        "model": "claude-x",
        "stream": True,
        "max_tokens": 99,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}],
    }


async def test_tool_uses_stream_and_one_without_input_gets_an_empty_one() -> None:
    answers = streamed(
        START,
        *text("Let me see."),
        *tool_use("weather", "", '{"city": ', '"Lyon"}'),
        *tool_use("time"),
        *end("tool_use"),
    )

    assert await said(answers) == [
        TextDelta("Let me see."),
        ToolUseStarted("id_weather", "weather"),
        ToolInputDelta('{"city": '),
        ToolInputDelta('"Lyon"}'),
        ToolUseStarted("id_time", "time"),
        ToolInputDelta("{}"),
        Finished(reason="tool_use", usage=USAGE),
    ]


async def test_an_answer_by_schema_is_the_input_of_a_forced_tool() -> None:
    prompt = Prompt(messages=HELLO.messages, json_schema=SCHEMA)
    answers = streamed(START, *tool_use("answer", '{"city":', ' "Lyon"}'), *end("tool_use"))

    assert await said(answers, prompt) == [
        TextDelta('{"city":'),
        TextDelta(' "Lyon"}'),
        Finished(reason="end", usage=USAGE),
    ]
    assert (await asked(prompt, answers)).body["tool_choice"] == {"type": "tool", "name": "answer"}


@pytest.mark.parametrize(
    ("stop_reason", "stop_sequence", "reason"),
    [
        ("max_tokens", None, "max_tokens"),
        ("stop_sequence", "END", "stop_sequence"),
        ("refusal", None, "content_filter"),
    ],
)
async def test_the_reason_to_stop_is_told(
    stop_reason: str, stop_sequence: str | None, reason: Any
) -> None:
    deltas = await said(streamed(START, *text("x"), *end(stop_reason, stop_sequence)))

    assert deltas[-1] == Finished(reason=reason, usage=USAGE, stop_sequence=stop_sequence)


def error(kind: str, message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": message}}


@pytest.mark.parametrize(
    ("answer", "raised", "says"),
    [
        (as_json(400, error("x", "messages: empty")), InvalidPromptError, "messages: empty"),
        (
            as_json(400, error("x", "prompt is too long: 9 tokens > 8 maximum")),
            ContextOverflowError,
            "9 tokens",
        ),
        (as_json(529, error("overloaded_error", "Overloaded")), OverloadedError, "Overloaded"),
        (
            Answer(chunks=sse(START, error("overloaded_error", "Busy"), named=True)),
            OverloadedError,
            "Busy",
        ),
        (
            Answer(chunks=sse(START, error("api_error", "Oops"), named=True)),
            GenerationFailedError,
            "Oops",
        ),
        (Answer(chunks=sse(START, *text("x"), named=True)), GenerationFailedError, "broke off"),
    ],
)
async def test_refusals_become_errors_of_the_interface(
    answer: Answer, raised: type[ChatError], says: str
) -> None:
    with pytest.raises(raised, match=says):
        await said(lambda _: answer)


async def test_what_the_api_cannot_do_is_refused() -> None:
    sampling = Sampling(seed=1, logit_bias={1: 1.0})
    prompt = Prompt(messages=HELLO.messages, sampling=sampling)

    with pytest.raises(UnsupportedInputError, match="has no seed, logit_bias"):
        await said(HI, prompt)


async def test_tools_and_a_schema_are_not_asked_for_together() -> None:
    prompt = Prompt(messages=HELLO.messages, tools=[WEATHER], json_schema=SCHEMA)

    with pytest.raises(InvalidPromptError, match="together"):
        await said(HI, prompt)


async def test_tokens_are_counted_by_the_api() -> None:
    prompt = Prompt(messages=HELLO.messages, tools=[WEATHER])
    with StandIn(lambda _: as_json(200, {"input_tokens": 31})).running() as server:
        model = model_of(server)
        count = await model.count_tokens(prompt)
        await model.close()

    assert count == 31
    assert server.asked[0].path == "/v1/messages/count_tokens"
    assert server.asked[0].body == {
        "model": "claude-x",
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}],
        "tools": [{"name": "weather", "description": "The weather.", "input_schema": SCHEMA}],
        "tool_choice": {"type": "auto"},
    }


async def test_closing_the_stream_hangs_up() -> None:
    endless = list(sse(*text("x")[:2], named=True))[-1]
    with StandIn(lambda _: Answer(chunks=for_ever(endless))).running() as server:
        model = model_of(server)
        deltas = model.generate(HELLO)
        first = await anext(deltas)
        await deltas.aclose()

        assert first == TextDelta("x")
        assert await is_set(server.hung_up)
        await model.close()
