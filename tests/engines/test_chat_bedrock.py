"""Chat with Amazon Bedrock itself, against a stand-in that speaks its protocol."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from outcrop.engines.chat.bedrock import BedrockChatModel
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
from outcrop.engines.chat.settings import BedrockSettings
from outcrop.protocol import event_stream
from tests.engines.chat_servers import Answer, Answers, StandIn, as_json, for_ever, is_set

pytestmark = pytest.mark.anyio

HELLO = Prompt(messages=[Message("user", [Text("Hello")])], model_id="anthropic.claude-x")
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
WEATHER = Tool("weather", "The weather.", SCHEMA)
USAGE = Usage(input_tokens=10, output_tokens=4, cached_input_tokens=3)


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


def frame(event: str, payload: Any, kind: str = "event") -> bytes:
    name = ":event-type" if kind == "event" else ":exception-type"
    headers = {":message-type": kind, name: event, ":content-type": "application/json"}
    return event_stream.encode(event_stream.Message(headers, json.dumps(payload).encode()))


def text(words: str) -> bytes:
    return frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": words}})


def tool_use(name: str, *pieces: str) -> Iterator[bytes]:
    use = {"toolUseId": f"id_{name}", "name": name}
    yield frame("contentBlockStart", {"contentBlockIndex": 1, "start": {"toolUse": use}})
    for piece in pieces:
        delta = {"toolUse": {"input": piece}}
        yield frame("contentBlockDelta", {"contentBlockIndex": 1, "delta": delta})
    yield frame("contentBlockStop", {"contentBlockIndex": 1})


def end(stop_reason: str = "end_turn", **more: Any) -> list[bytes]:
    usage = {
        "inputTokens": 5,
        "outputTokens": 4,
        "totalTokens": 14,
        "cacheReadInputTokens": 3,
        "cacheWriteInputTokens": 2,
    }
    return [
        frame("messageStop", {"stopReason": stop_reason, **more}),
        frame("metadata", {"usage": usage, "metrics": {"latencyMs": 1}}),
    ]


def streamed(*frames: bytes) -> Answers:
    kind = {"content-type": "application/vnd.amazon.eventstream"}
    return lambda _: Answer(chunks=iter(frames), headers=kind)


HI = streamed(frame("messageStart", {"role": "assistant"}), text("Hi"), text(" you"), *end())


def model_of(server: StandIn, model: str = "") -> BedrockChatModel:
    return BedrockChatModel(
        BedrockSettings(model=model, region="eu-west-3", endpoint_url=server.url)
    )


async def said(answers: Answers, prompt: Prompt = HELLO) -> list[Delta]:
    with StandIn(answers).running() as server:
        model = model_of(server)
        try:
            return [delta async for delta in model.generate(prompt)]
        finally:
            await model.close()


async def test_text_streams_and_ends_with_its_cost() -> None:
    assert await said(HI) == [
        TextDelta("Hi"),
        TextDelta(" you"),
        Finished(reason="end", usage=USAGE),
    ]


async def test_a_model_that_does_not_see_is_shown_nothing() -> None:
    picture = Image(b"GIF", "image/gif")
    settings = BedrockSettings(region="eu-west-3", endpoint_url="http://nowhere", sees_images=False)
    model = BedrockChatModel(settings)
    for part in (picture, ToolResult("t1", "", images=[picture])):
        prompt = Prompt(messages=[Message("user", [part])])

        with pytest.raises(UnsupportedInputError, match="is not set up to see images"):
            await anext(model.generate(prompt))
        with pytest.raises(UnsupportedInputError, match="is not set up to see images"):
            await model.count_tokens(prompt)
    await model.close()


async def test_a_tool_s_pictures_stand_in_its_result() -> None:
    shown = ToolResult("t1", "As shown.", images=[Image(b"GIF", "image/gif")])
    alone = ToolResult("t2", "", images=[Image(b"GIF", "image/gif")])
    prompt = Prompt(messages=[Message("user", [shown, alone])], model_id="anthropic.claude-x")
    with StandIn(HI).running() as server:
        model = model_of(server)
        async for _ in model.generate(prompt):
            pass
        await model.close()

    picture = {"image": {"format": "gif", "source": {"bytes": "R0lG"}}}
    first, second = server.asked[0].body["messages"][0]["content"]
    assert first["toolResult"]["content"] == [{"text": "As shown."}, picture]
    assert second["toolResult"]["content"] == [picture]


async def test_bedrock_is_told_everything() -> None:
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
        model_id="anthropic.claude-x",
    )
    with StandIn(HI).running() as server:
        model = model_of(server)
        async for _ in model.generate(prompt):
            pass
        await model.close()

    [asked] = server.asked
    assert asked.path == "/model/anthropic.claude-x/converse-stream"
    assert asked.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert asked.body == {
        "system": [{"text": "Be brief."}],
        "messages": [
            {
                "role": "user",
                "content": [
                    {"text": "Look:"},
                    {
                        "image": {
                            "format": "gif",
                            "source": {"bytes": base64.b64encode(b"GIF").decode()},
                        }
                    },
                ],
            },
            {
                "role": "assistant",
                "content": [
                    {"toolUse": {"toolUseId": "t1", "name": "weather", "input": {"city": "Évry"}}}
                ],
            },
            {
                "role": "user",
                "content": [
                    {
                        "toolResult": {
                            "toolUseId": "t1",
                            "content": [{"text": "no such city"}],
                            "status": "error",
                        }
                    }
                ],
            },
        ],
        "inferenceConfig": {
            "maxTokens": 5,
            "temperature": 0.0,
            "topP": 0.5,
            "stopSequences": ["END"],
        },
        "toolConfig": {
            "tools": [
                {
                    "toolSpec": {
                        "name": "weather",
                        "description": "The weather.",
                        "inputSchema": {"json": SCHEMA},
                    }
                }
            ],
            "toolChoice": {"tool": {"name": "weather"}},
        },
        "additionalModelRequestFields": {"top_k": 3},
        "additionalModelResponseFieldPaths": ["/stop_sequence"],
    }


async def test_one_model_may_stand_for_all() -> None:
    with StandIn(HI).running() as server:
        model = model_of(server, "amazon.nova-lite-v1:0")
        async for _ in model.generate(HELLO):
            pass
        await model.close()

    assert model.name == "bedrock:amazon.nova-lite-v1:0"
    assert [a.path for a in server.asked] == ["/model/amazon.nova-lite-v1%3A0/converse-stream"]


async def test_tool_uses_stream_and_one_without_input_gets_an_empty_one() -> None:
    answers = streamed(
        text("Let me see."),
        *tool_use("weather", '{"city": ', '"Lyon"}'),
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
    prompt = Prompt(messages=HELLO.messages, json_schema=SCHEMA, model_id="x.y")

    assert await said(
        streamed(*tool_use("answer", '{"city": "Lyon"}'), *end("tool_use")), prompt
    ) == [
        TextDelta('{"city": "Lyon"}'),
        Finished(reason="end", usage=USAGE),
    ]


async def test_the_stop_sequence_is_told_by_models_that_tell() -> None:
    more = {"additionalModelResponseFields": {"stop_sequence": "END"}}

    deltas = await said(streamed(text("x"), *end("stop_sequence", **more)))

    assert deltas[-1] == Finished(reason="stop_sequence", usage=USAGE, stop_sequence="END")


def refused(status: int, code: str, message: str) -> Answers:
    answer = as_json(status, {"message": message}, **{"x-amzn-errortype": code})
    return lambda _: answer


@pytest.mark.parametrize(
    ("answers", "raised", "says"),
    [
        (refused(400, "ValidationException", "bad image"), InvalidPromptError, "bad image"),
        (
            refused(400, "ValidationException", "Input is too long for requested model."),
            ContextOverflowError,
            "too long",
        ),
        (refused(403, "AccessDeniedException", "no access"), ModelUnavailableError, "no access"),
        (refused(429, "ThrottlingException", "slow down"), OverloadedError, "slow down"),
        (refused(424, "ModelErrorException", "oops"), GenerationFailedError, "oops"),
        (
            streamed(text("x"), frame("throttlingException", {"message": "busy"}, "exception")),
            OverloadedError,
            "busy",
        ),
        (
            streamed(
                text("x"), frame("modelStreamErrorException", {"message": "broke"}, "exception")
            ),
            GenerationFailedError,
            "broke",
        ),
        (streamed(text("x")), GenerationFailedError, "broke off"),
    ],
)
async def test_refusals_become_errors_of_the_interface(
    answers: Answers, raised: type[ChatError], says: str
) -> None:
    with pytest.raises(raised, match=says):
        await said(answers)


async def test_an_endpoint_that_is_not_there_is_an_unavailable_model() -> None:
    with StandIn(HI).running() as server:
        model = model_of(server)

    with pytest.raises(ModelUnavailableError, match="Could not connect"):
        await anext(model.generate(HELLO))
    await model.close()


@pytest.mark.parametrize(
    ("sampling", "model_id", "says"),
    [
        (Sampling(seed=1), "anthropic.x", "has no seed"),
        (Sampling(top_k=1), "meta.llama", "no top_k for meta.llama"),
    ],
)
async def test_what_converse_has_no_words_for_is_refused(
    sampling: Sampling, model_id: str, says: str
) -> None:
    prompt = Prompt(messages=HELLO.messages, sampling=sampling, model_id=model_id)

    with pytest.raises(UnsupportedInputError, match=says):
        await said(HI, prompt)


async def test_tokens_are_counted_by_bedrock() -> None:
    with StandIn(lambda _: as_json(200, {"inputTokens": 31})).running() as server:
        model = model_of(server)
        count = await model.count_tokens(HELLO)
        await model.close()

    assert count == 31
    assert server.asked[0].path == "/model/anthropic.claude-x/count-tokens"
    assert server.asked[0].body == {
        "input": {"converse": {"messages": [{"role": "user", "content": [{"text": "Hello"}]}]}}
    }


async def test_closing_the_stream_hangs_up() -> None:
    kind = {"content-type": "application/vnd.amazon.eventstream"}
    answer = Answer(chunks=for_ever(text("x")), headers=kind)
    with StandIn(lambda _: answer).running() as server:
        model = model_of(server)
        deltas = model.generate(HELLO)
        first = await anext(deltas)
        await deltas.aclose()

        assert first == TextDelta("x")
        assert await is_set(server.hung_up)
        await model.close()


async def test_a_profile_that_is_not_configured_is_an_unavailable_model() -> None:
    with pytest.raises(ModelUnavailableError, match="nowhere"):
        BedrockChatModel(BedrockSettings(region="eu-west-3", profile="nowhere"))
