"""The refusals of AWS that its own examples break, with `[bedrock] strict = true`."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from outcrop import LocalServer
from tests.conftest import CHAT_MODEL
from tests.own_clients import client_of
from tests.services.bedrock_runtime.invoking import invoke, refused_body

CLAUDE = "anthropic.claude-3-haiku-20240307-v1:0"
TURNS = [{"role": "user", "content": "Say hi."}]
WHOLE = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 4, "messages": TURNS}


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    settings = {"OUTCROP_CHAT_MODEL": CHAT_MODEL, "OUTCROP_BEDROCK_STRICT": "true"}
    with LocalServer(tmp_path_factory.mktemp("strict"), settings=settings).running() as server:
        yield client_of(server, "bedrock-runtime")


@pytest.mark.parametrize(
    ("model_id", "body", "words"),
    [
        (
            CLAUDE,
            {"max_tokens": 4, "messages": TURNS},
            "anthropic_version: Field required",
        ),
        (
            CLAUDE,
            {"anthropic_version": "bedrock-2023-05-31", "messages": TURNS},
            "max_tokens: Field required",
        ),
        (CLAUDE, {**WHOLE, "foo": 1}, "foo: Extra inputs are not permitted"),
        (
            CLAUDE,
            {**WHOLE, "messages": [{**TURNS[0], "name": "Ada"}]},
            "messages.0.name: Extra inputs are not permitted",
        ),
        (
            "anthropic.claude-v2",
            {"prompt": "\n\nHuman: Hi\n\nAssistant:"},
            "Malformed input request: #: required key [max_tokens_to_sample] not found, "
            "please reformat your input and try again.",
        ),
        (
            "meta.llama3-8b-instruct-v1:0",
            {"prompt": "Hi", "max_tokens": 4, "foo": 1},
            "Malformed input request: #: extraneous key [max_tokens] is not permitted"
            "#: extraneous key [foo] is not permitted, "
            "please reformat your input and try again.",
        ),
        (
            "amazon.titan-text-express-v1",
            {"inputText": "Hi", "textGenerationConfig": {"maxTokens": 4}},
            "Malformed input request: #/textGenerationConfig: extraneous key [maxTokens] is not "
            "permitted, please reformat your input and try again.",
        ),
        (
            "amazon.titan-embed-text-v1",
            {"inputText": "Hi", "dimensions": 256},
            "Malformed input request: #: extraneous key [dimensions] is not permitted, "
            "please reformat your input and try again.",
        ),
    ],
)
def test_what_aws_refuses_is_refused(
    strict: Any, runtime: Any, model_id: str, body: Any, words: str
) -> None:
    assert refused_body(strict, model_id, body) == words
    assert runtime.invoke_model(modelId=model_id, body=json.dumps(body))


TOOL = {"name": "f", "description": "d", "input_schema": {"type": "object", "properties": {}}}


@pytest.mark.parametrize(
    ("model_id", "body"),
    [
        (
            CLAUDE,
            {
                **WHOLE,
                "system": [{"type": "text", "text": "Hm", "cache_control": {"type": "ephemeral"}}],
                "metadata": {"user_id": "1"},
                "tools": [TOOL],
                "tool_choice": {"type": "none"},
                "top_k": 5,
                "stop_sequences": ["x"],
                "messages": [
                    *TURNS,
                    {
                        "role": "assistant",
                        "content": [
                            {"type": "tool_use", "id": "t", "name": "f", "input": {"a": 1}}
                        ],
                    },
                    {
                        "role": "user",
                        "content": [{"type": "tool_result", "tool_use_id": "t", "content": "done"}],
                    },
                ],
            },
        ),
        (
            "amazon.nova-lite-v1:0",
            {
                "schemaVersion": "messages-v1",
                "system": [{"text": "Hm"}],
                "messages": [{"role": "user", "content": [{"text": "Hi"}]}],
                "inferenceConfig": {"maxTokens": 4, "topK": 3, "stopSequences": ["x"]},
                "toolConfig": {
                    "tools": [
                        {
                            "toolSpec": {
                                "name": "f",
                                "description": "d",
                                "inputSchema": {"json": {"type": "object", "properties": {}}},
                            }
                        }
                    ],
                    "toolChoice": {"auto": {}},
                },
            },
        ),
        (
            "ai21.j2-mid-v1",
            {
                "prompt": "Hi",
                "maxTokens": 4,
                "countPenalty": {"scale": 0},
                "presencePenalty": {"scale": 0, "applyToNumbers": True},
                "numResults": 1,
            },
        ),
        (
            "cohere.command-r-v1:0",
            {
                "message": "Hi",
                "max_tokens": 4,
                "chat_history": [{"role": "USER", "message": "Yo"}],
                "documents": [{"title": "a", "snippet": "b"}],
            },
        ),
        (
            "openai.gpt-oss-20b-1:0",
            {
                "model": "openai.gpt-oss-20b-1:0",
                "messages": [
                    {"role": "developer", "content": "Hm"},
                    {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
                ],
                "max_completion_tokens": 4,
                "reasoning_effort": "low",
                "stream": False,
            },
        ),
    ],
)
def test_what_aws_takes_is_taken(strict: Any, model_id: str, body: Any) -> None:
    assert invoke(strict, model_id, body)
