"""What Claude's native form tells of the prefix cache to who marks what is to be cached."""

import json
from typing import Any

import pytest
from anthropic.lib.bedrock import AnthropicBedrock

from outcrop import LocalServer
from tests.services.bedrock_runtime.invoking import METRICS, invoke, stream

MODEL = "anthropic.claude-3-haiku-20240307-v1:0"
RULES = "Be kind to everybody who asks for something. " * 10
EPHEMERAL = {"cache_control": {"type": "ephemeral"}}
TOOL = {"name": "f", "description": RULES, "input_schema": {"type": "object", "properties": {}}}


def text(words: str, **marks: Any) -> dict[str, Any]:
    return {"type": "text", "text": words, **marks}


def asking(**members: Any) -> dict[str, Any]:
    turns = [{"role": "user", "content": [text("Say hi.")]}]
    return {"max_tokens": 2, "messages": turns, **members}


IN_SYSTEM = asking(system=[text(RULES, **EPHEMERAL)])
IN_TOOLS = asking(tools=[{**TOOL, **EPHEMERAL}])


@pytest.mark.parametrize("body", [IN_SYSTEM, IN_TOOLS], ids=["system", "tool"])
def test_tokens_of_the_cache_are_told_apart(runtime: Any, body: dict[str, Any]) -> None:
    invoke(runtime, MODEL, body)
    answer = runtime.invoke_model(modelId=MODEL, body=json.dumps(body))
    usage = json.loads(answer["body"].read())["usage"]
    [*_, ended, stopped] = stream(runtime, MODEL, body)
    counted = runtime.count_tokens(
        modelId=MODEL, input={"invokeModel": {"body": json.dumps(body).encode()}}
    )["inputTokens"]

    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    told = [
        int(headers[f"x-amzn-bedrock-{name}-token-count"])
        for name in ("input", "output", "cache-read-input", "cache-write-input")
    ]
    assert usage["cache_read_input_tokens"] > 50
    assert usage["cache_creation_input_tokens"] == 0
    assert usage["input_tokens"] + usage["cache_read_input_tokens"] == counted
    assert told == [
        usage["input_tokens"],
        usage["output_tokens"],
        usage["cache_read_input_tokens"],
        0,
    ]
    at_the_end = ended["usage"]
    assert at_the_end["input_tokens"] + at_the_end["cache_read_input_tokens"] == counted
    assert {
        name: stopped[METRICS][f"{name}TokenCount"] for name in ("input", "cacheReadInput")
    } == {
        "input": at_the_end["input_tokens"],
        "cacheReadInput": at_the_end["cache_read_input_tokens"],
    }
    assert stopped[METRICS]["cacheWriteInputTokenCount"] == 0


def converse_usage(runtime: Any, model: str = MODEL, **request: Any) -> dict[str, int]:
    return runtime.converse(modelId=model, inferenceConfig={"maxTokens": 2}, **request)["usage"]


def said(role: str, *blocks: Any) -> dict[str, Any]:
    return {
        "role": role,
        "content": [{"text": block} if isinstance(block, str) else block for block in blocks],
    }


POINT = {"cachePoint": {"type": "default"}}


def test_what_is_written_ends_at_the_last_mark(runtime: Any) -> None:
    system = [{"text": "Speak like a captain of old. " * 30}, POINT, {"text": "Be brief. " * 10}]
    question = said("user", "How deep is the sea?", "Off Brittany, I mean. " * 10)
    later = [question, said("assistant", "Deep. " * 40), said("user", "How deep?", POINT)]

    first = converse_usage(runtime, system=system, messages=[question])
    again = converse_usage(runtime, system=system, messages=[question])
    further = converse_usage(runtime, system=system, messages=later)

    marked = first["cacheReadInputTokens"] + first["cacheWriteInputTokens"]
    assert first["cacheWriteInputTokens"] > 150
    assert 100 < first["inputTokens"] < 160  # what comes behind the mark
    assert again["cacheWriteInputTokens"] == 0
    assert again["cacheReadInputTokens"] >= marked
    assert 80 < further["cacheWriteInputTokens"] < 120  # the new turns alone
    for usage in (first, again, further):
        assert usage["totalTokens"] == sum(usage.values()) - usage["totalTokens"]


def test_a_mark_behind_the_tools_covers_them(runtime: Any) -> None:
    spec = {
        "name": "f",
        "description": "Ring the bell. " * 30,
        "inputSchema": {"json": {"type": "object"}},
    }
    tools = {"tools": [{"toolSpec": spec}, POINT]}

    usage = converse_usage(runtime, toolConfig=tools, messages=[said("user", "Say hi. " * 50)])

    assert usage["cacheReadInputTokens"] + usage["cacheWriteInputTokens"] > 100
    assert 100 < usage["inputTokens"] < 250


def test_claude_and_nova_tell_what_is_written_in_their_own_words(runtime: Any) -> None:
    words = "Never speak of the harvest of 1911. " * 20
    thought = {"type": "thinking", "thinking": "Hm", "signature": "AA=="}
    turns = [
        {"role": "user", "content": [text("Hi.")]},
        {"role": "assistant", "content": [thought, text(words, **EPHEMERAL)]},
        {"role": "user", "content": "And the next year? " * 20},
    ]
    claude = invoke(runtime, MODEL, {"max_tokens": 2, "messages": turns})["usage"]
    nova = invoke(
        runtime,
        "amazon.nova-lite-v1:0",
        {
            "system": [{"text": words.replace("harvest", "flood")}, POINT],
            "messages": [said("user", "And the next year? " * 20)],
            "inferenceConfig": {"max_new_tokens": 2},
        },
    )["usage"]

    assert claude["cache_creation_input_tokens"] > 100
    assert 100 < claude["input_tokens"] < 150
    assert nova["cacheWriteInputTokenCount"] > 100
    assert 100 < nova["inputTokens"] < 150


def test_who_marks_nothing_is_told_one_number(runtime: Any) -> None:
    answer = runtime.invoke_model(modelId=MODEL, body=json.dumps(asking(system=[text(RULES)])))

    assert set(json.loads(answer["body"].read())["usage"]) == {"input_tokens", "output_tokens"}
    assert (
        "x-amzn-bedrock-cache-read-input-token-count"
        not in (answer["ResponseMetadata"]["HTTPHeaders"])
    )


def test_anthropics_client_gathers_the_figures_of_a_stream(server: LocalServer) -> None:
    client: Any = AnthropicBedrock(
        aws_access_key="outcrop",
        aws_secret_key="outcrop",
        aws_region="us-east-1",
        base_url=server.url,
        max_retries=0,
        timeout=300,
    )
    with client:
        whole = client.messages.create(model=MODEL, **IN_SYSTEM)
        with client.messages.stream(model=MODEL, **IN_SYSTEM) as streamed:
            gathered = streamed.get_final_message()

    tokens = whole.usage.input_tokens + (whole.usage.cache_read_input_tokens or 0)
    assert gathered.usage.cache_read_input_tokens > 50
    assert gathered.usage.input_tokens + gathered.usage.cache_read_input_tokens == tokens
