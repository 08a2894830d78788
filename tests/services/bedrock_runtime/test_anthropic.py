"""The Anthropic clients, unmodified: for Bedrock, and for Anthropic's own API."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import anthropic
import pytest
from anthropic.lib.bedrock import AnthropicBedrock

from outcrop import LocalServer
from tests.services.bedrock_runtime.conversing import CAPITAL

MODEL = "anthropic.claude-3-haiku-20240307-v1:0"
TURNS: Any = [{"role": "user", "content": CAPITAL}]
SURELY: Any = {"extra_body": {"temperature": 0}}
WEATHER: Any = {
    "name": "get_weather",
    "description": "Tells the present weather of a city.",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
}


def for_bedrock(server: LocalServer) -> Any:
    return AnthropicBedrock(
        aws_access_key="outcrop",
        aws_secret_key="outcrop",
        aws_region="us-east-1",
        base_url=server.url,
        max_retries=0,
        timeout=300,
    )


def for_its_own_api(server: LocalServer) -> Any:
    return anthropic.Anthropic(
        api_key="any", base_url=f"{server.url}/anthropic", max_retries=0, timeout=300
    )


def for_its_own_api_at_the_root(server: LocalServer) -> Any:
    return anthropic.Anthropic(api_key="any", base_url=server.url, max_retries=0, timeout=300)


@pytest.fixture(scope="module", params=[for_bedrock, for_its_own_api, for_its_own_api_at_the_root])
def client(outcrop_server: LocalServer, request: pytest.FixtureRequest) -> Iterator[Any]:
    with request.param(outcrop_server) as made:
        yield made


def ask(client: Any, **more: Any) -> Any:
    more = {"model": MODEL, "messages": TURNS, "max_tokens": 16, **SURELY, **more}
    return client.messages.create(**more)


def test_a_message_is_answered(client: Any) -> None:
    message = ask(client)

    assert "Paris" in message.content[0].text
    assert (message.role, message.stop_reason, message.model) == ("assistant", "end_turn", MODEL)
    assert message.id.startswith("msg_bdrk_")
    assert message.usage.input_tokens > 10


def test_a_message_is_streamed_with_its_tokens_from_the_start(client: Any) -> None:
    whole = ask(client)

    with client.messages.stream(model=MODEL, messages=TURNS, max_tokens=16, **SURELY) as stream:
        events = list(stream)
        message = stream.get_final_message()

    started = next(event for event in events if event.type == "message_start")
    assert "Paris" in message.content[0].text
    assert message.stop_reason == "end_turn"
    assert message.usage.output_tokens == whole.usage.output_tokens
    assert started.message.usage.input_tokens == whole.usage.input_tokens


def test_a_tool_is_used_and_its_result_told(client: Any) -> None:
    question: Any = {"role": "user", "content": "What is the weather in Lyon right now?"}

    asked = ask(client, messages=[question], tools=[WEATHER], max_tokens=100)
    use = asked.content[-1]
    result = {"type": "tool_result", "tool_use_id": use.id, "content": "snow, -3 degrees"}
    answer = ask(
        client,
        messages=[
            question,
            {"role": "assistant", "content": [block.model_dump() for block in asked.content]},
            {"role": "user", "content": [result]},
        ],
        tools=[WEATHER],
        max_tokens=100,
    )

    assert asked.stop_reason == "tool_use"
    assert (use.name, use.input) == ("get_weather", {"city": "Lyon"})
    assert "snow" in answer.content[0].text.lower()


def test_tokens_are_counted_as_they_are_used(outcrop_server: LocalServer) -> None:
    with for_its_own_api(outcrop_server) as client:
        counted = client.messages.count_tokens(model=MODEL, messages=TURNS)

        assert counted.input_tokens == ask(client).usage.input_tokens


def test_refusals_come_in_anthropics_form(outcrop_server: LocalServer) -> None:
    with for_its_own_api(outcrop_server) as client:
        with pytest.raises(anthropic.BadRequestError) as caught:
            ask(client, extra_body={"temperature": 2})

        error: Any = caught.value
        assert error.body == {
            "type": "error",
            "error": {"type": "invalid_request_error", "message": "temperature: range: 0..1"},
        }


ENDS_OF_LIFE = pytest.mark.filterwarnings("ignore:The model 'claude:DeprecationWarning")
"""The client warns of models whose last day comes near."""


@ENDS_OF_LIFE
@pytest.mark.parametrize("make", [for_its_own_api, for_its_own_api_at_the_root])
def test_claude_may_have_its_name_of_anthropics_api(
    outcrop_server: LocalServer, make: Callable[[LocalServer], Any]
) -> None:
    with make(outcrop_server) as client:
        for name in ("claude-sonnet-4-5", "claude-3-5-haiku-latest", "claude-new-9"):
            message = ask(client, model=name)

            assert "Paris" in message.content[0].text
            assert message.model == name
        counted = client.messages.count_tokens(model="claude-opus-4-1", messages=TURNS)
        assert counted.input_tokens == message.usage.input_tokens


SCRIPT = """
[chat]
routes = { "*" = "script" }

[[chat.scripted.script.rules]]
model_id = "anthropic.claude-sonnet-4-5-20250929-v1:0"
text = "sonnet 4.5"

[[chat.scripted.script.rules]]
model_id = "anthropic.claude-sonnet-4-20250514-v1:0"
text = "sonnet 4"

[[chat.scripted.script.rules]]
model_id = "anthropic.claude-3-5-sonnet-20241022-v2:0"
text = "sonnet 3.5"

[[chat.scripted.script.rules]]
model_id = "anthropic.claude-sonnet-5"
text = "sonnet 5"
"""
NAMES = {
    "claude-sonnet-4-5": "sonnet 4.5",
    "claude-sonnet-4-5-20250929": "sonnet 4.5",
    "claude-sonnet-4-0": "sonnet 4",
    "claude-sonnet-4-20250514": "sonnet 4",
    "claude-3-5-sonnet-latest": "sonnet 3.5",
    "claude-sonnet-5": "sonnet 5",
}


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., LocalServer]]:
    folder = tmp_path_factory.mktemp("scripted")
    file = folder / "outcrop.toml"
    file.write_text(SCRIPT)
    with ExitStack() as stack:

        def start(**settings: str) -> LocalServer:
            server = LocalServer(
                folder / f"data{len(settings)}",
                settings={"OUTCROP_CONFIG": str(file), **settings},
            )
            return stack.enter_context(server.running())

        yield start


@ENDS_OF_LIFE
def test_claudes_names_are_routed_as_bedrocks_ids(scripted: Callable[..., LocalServer]) -> None:
    with for_its_own_api(scripted()) as client:
        assert {name: ask(client, model=name).content[0].text for name in NAMES} == NAMES


@ENDS_OF_LIFE
def test_strictly_claude_has_bedrocks_id_alone(scripted: Callable[..., LocalServer]) -> None:
    with for_its_own_api(scripted(OUTCROP_BEDROCK_STRICT="true")) as client:
        with pytest.raises(anthropic.BadRequestError) as caught:
            ask(client, model="claude-sonnet-4-5")

        error: Any = caught.value
        assert error.body["error"]["message"] == (
            "The provided model identifier is invalid. "
            "Bedrock's for claude-sonnet-4-5 is anthropic.claude-sonnet-4-5-20250929-v1:0."
        )
        answer = ask(client, model="anthropic.claude-sonnet-4-5-20250929-v1:0")
        assert answer.content[0].text == "sonnet 4.5"
