"""What every chat model promises, kept by every backend.

The backends over HTTP speak to a server of Outcrop's own, and so to the small model.
"""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from outcrop import LocalServer
from outcrop.engines.chat.anthropic import AnthropicChatModel
from outcrop.engines.chat.bedrock import BedrockChatModel
from outcrop.engines.chat.interface import (
    ContextOverflowError,
    Delta,
    Finished,
    Message,
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
)
from outcrop.engines.chat.llama_cpp import LlamaCppChatModel
from outcrop.engines.chat.openai_compatible import OpenAICompatibleChatModel
from outcrop.engines.chat.router import ClosableChatModel
from outcrop.engines.chat.scripted import ScriptedChatModel
from outcrop.engines.chat.settings import (
    AnthropicSettings,
    BedrockSettings,
    LlamaCppSettings,
    OpenAICompatibleSettings,
    ScriptedRule,
    ScriptedSettings,
)
from tests.conftest import CHAT_MODEL
from tests.small_weights import small_weights

pytestmark = pytest.mark.anyio

WEATHER = Tool(
    "get_weather",
    "Get the current weather in a city.",
    {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Let the tests of this module share an event loop, and so a worker."""
    return "asyncio"


def llama_cpp(_: pytest.FixtureRequest) -> ClosableChatModel:
    path = small_weights().path(CHAT_MODEL)
    return LlamaCppChatModel(LlamaCppSettings(model=path, context_tokens=8192, slots=2, threads=1))


def scripted(_: pytest.FixtureRequest) -> ClosableChatModel:
    rules = (
        ScriptedRule(user="^x x x", error="too_long"),
        ScriptedRule(user="JSON", text='{{"colour": "red"}}'),
        ScriptedRule(after_tool=True, text="It is 18 degrees in Paris."),
        ScriptedRule(
            user=r"weather in (?P<city>\w+)", tool="get_weather", tool_input={"city": "{city}"}
        ),
        ScriptedRule(text="1, 2, 3, 4, 5, 6, 7, 8, 9, 10"),
    )
    return ScriptedChatModel(ScriptedSettings(rules=rules))


def server_of(request: pytest.FixtureRequest) -> LocalServer:
    return request.getfixturevalue("outcrop_server")


def openai_compatible(request: pytest.FixtureRequest) -> ClosableChatModel:
    url = f"{server_of(request).url}/openai/v1"
    return OpenAICompatibleChatModel(
        OpenAICompatibleSettings(url=url, model="openai.gpt-oss-20b-1:0", api_key="none")
    )


def anthropic(request: pytest.FixtureRequest) -> ClosableChatModel:
    url = f"{server_of(request).url}/anthropic"
    return AnthropicChatModel(
        AnthropicSettings(url=url, model="anthropic.claude-3-haiku-20240307-v1:0", api_key="none")
    )


def bedrock(request: pytest.FixtureRequest) -> ClosableChatModel:
    return BedrockChatModel(
        BedrockSettings(
            endpoint_url=server_of(request).url,
            region="us-east-1",
            model="anthropic.claude-3-haiku-20240307-v1:0",
        )
    )


BACKENDS = [llama_cpp, scripted, openai_compatible, anthropic, bedrock]


@pytest.fixture(scope="module", params=BACKENDS, ids=lambda make: make.__name__)
async def model(request: pytest.FixtureRequest) -> AsyncIterator[ClosableChatModel]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "123456789012")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "none")
        model = request.param(request)
        yield model
        await model.close()


def prompt(text: str, *, tools: Sequence[Tool] = (), **sampling: Any) -> Prompt:
    return Prompt(
        messages=[Message("user", [Text(text)])],
        tools=tools,
        sampling=Sampling(**{"temperature": 0.0, "max_tokens": 40, **sampling}),
    )


async def said(model: ClosableChatModel, asked: Prompt) -> list[Delta]:
    return [delta async for delta in model.generate(asked)]


def text_of(deltas: Sequence[Delta]) -> str:
    return "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))


def end_of(deltas: Sequence[Delta]) -> Finished:
    last = deltas[-1]
    assert isinstance(last, Finished)
    return last


COUNT = "Count: 1 2 3 4 5 6 7 8 9"


async def test_words_come_piece_by_piece_and_the_end_comes_last(model: ClosableChatModel) -> None:
    deltas = await said(model, prompt(COUNT))

    assert [type(delta) for delta in deltas] == [TextDelta] * (len(deltas) - 1) + [Finished]
    assert len(deltas) > 5
    assert all(delta.text for delta in deltas if isinstance(delta, TextDelta))


async def test_it_has_a_name(model: ClosableChatModel) -> None:
    assert model.name


async def test_usage_counts_what_count_tokens_counts(model: ClosableChatModel) -> None:
    asked = prompt(COUNT, max_tokens=5)

    usage = end_of(await said(model, asked)).usage

    assert usage.input_tokens == await model.count_tokens(asked)
    assert usage.input_tokens >= usage.cached_input_tokens
    assert usage.output_tokens == 5


async def test_max_tokens_end_an_answer(model: ClosableChatModel) -> None:
    assert end_of(await said(model, prompt(COUNT, max_tokens=3))).reason == "max_tokens"


async def test_a_stop_sequence_ends_an_answer_and_is_told(model: ClosableChatModel) -> None:
    deltas = await said(model, prompt(COUNT, stop_sequences=["4"]))

    # OpenAI's API does not tell stop sequences from ends.
    assert end_of(deltas).stop_sequence in ("4", None)
    assert "4" not in text_of(deltas)
    if not isinstance(model, OpenAICompatibleChatModel):
        assert (end_of(deltas).reason, end_of(deltas).stop_sequence) == ("stop_sequence", "4")


@pytest.mark.parametrize("choice", [ToolChoice("any"), ToolChoice("auto")], ids=lambda c: c.kind)
async def test_a_tool_is_asked_for_with_an_input_that_fits(
    model: ClosableChatModel, choice: ToolChoice
) -> None:
    asked = prompt("What is the weather in Paris?", tools=[WEATHER])
    deltas = await said(
        model,
        Prompt(
            messages=asked.messages,
            tools=asked.tools,
            tool_choice=choice,
            sampling=asked.sampling,
        ),
    )

    given = "".join(delta.json for delta in deltas if isinstance(delta, ToolInputDelta))
    started = [delta for delta in deltas if isinstance(delta, ToolUseStarted)]
    assert [use.name for use in started] == ["get_weather"]
    assert started[0].id
    assert json.loads(given) == {"city": "Paris"}
    assert end_of(deltas).reason == "tool_use"


async def test_a_tools_result_is_answered(model: ClosableChatModel) -> None:
    asked = Prompt(
        messages=[
            Message("user", [Text("What is the weather in Paris?")]),
            Message("assistant", [ToolUse("call_1", "get_weather", {"city": "Paris"})]),
            Message("user", [ToolResult("call_1", '{"temperature_c": 18}')]),
        ],
        tools=[WEATHER],
        sampling=Sampling(temperature=0.0, max_tokens=60),
    )

    deltas = await said(model, asked)

    assert {type(delta) for delta in deltas} == {TextDelta, Finished}
    assert "18" in text_of(deltas)


async def test_an_answer_keeps_to_a_json_schema(model: ClosableChatModel) -> None:
    schema = {
        "type": "object",
        "properties": {"colour": {"enum": ["red", "blue"]}},
        "required": ["colour"],
        "additionalProperties": False,
    }
    asked = prompt("The colour of blood, as JSON.")

    deltas = await said(
        model, Prompt(messages=asked.messages, sampling=asked.sampling, json_schema=schema)
    )

    assert json.loads(text_of(deltas)) == {"colour": "red"}
    assert end_of(deltas).reason == "end"


async def test_a_prompt_that_is_too_long_is_an_error_of_its_own(model: ClosableChatModel) -> None:
    with pytest.raises(ContextOverflowError):
        await said(model, prompt("x " * 9000))


async def test_closing_early_leaves_the_model_usable(model: ClosableChatModel) -> None:
    deltas = model.generate(prompt(COUNT))
    await anext(deltas)
    await deltas.aclose()

    assert text_of(await said(model, prompt(COUNT, max_tokens=3)))
