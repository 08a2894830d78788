"""CountTokens counts what the same request would use."""

import json
from typing import Any

import pytest

from tests.services.bedrock_runtime.conversing import CAPITAL, MODEL, WEATHER, user
from tests.services.bedrock_runtime.invoking import refusal

CONVERSATIONS: list[dict[str, Any]] = [
    {"messages": [user(CAPITAL)]},
    {"messages": [user(CAPITAL)], "system": [{"text": "Answer in French."}]},
    {"messages": [user(CAPITAL)], "toolConfig": WEATHER},
]


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=["plain", "system", "tools"])
def test_a_conversation_counts_what_converse_uses(
    runtime: Any, conversation: dict[str, Any]
) -> None:
    counted = runtime.count_tokens(modelId=MODEL, input={"converse": conversation})
    used = runtime.converse(modelId=MODEL, inferenceConfig={"maxTokens": 1}, **conversation)

    assert counted["inputTokens"] == used["usage"]["inputTokens"]


@pytest.mark.parametrize(
    ("model_id", "body"),
    [
        (MODEL, {"max_tokens": 1, "messages": [{"role": "user", "content": CAPITAL}]}),
        ("meta.llama3-8b-instruct-v1:0", {"prompt": CAPITAL, "max_gen_len": 1}),
        (
            "amazon.titan-text-lite-v1",
            {"inputText": CAPITAL, "textGenerationConfig": {"maxTokenCount": 1}},
        ),
    ],
)
def test_a_native_body_counts_what_invoking_uses(runtime: Any, model_id: str, body: Any) -> None:
    content = json.dumps(body).encode()

    counted = runtime.count_tokens(modelId=model_id, input={"invokeModel": {"body": content}})
    used = runtime.invoke_model(modelId=model_id, body=content)

    headers = used["ResponseMetadata"]["HTTPHeaders"]
    assert str(counted["inputTokens"]) == headers["x-amzn-bedrock-input-token-count"]
    assert headers["x-amzn-bedrock-output-token-count"] == "1"


def test_a_model_of_embeddings_counts_nothing(runtime: Any) -> None:
    words = refusal(
        runtime.count_tokens,
        modelId="amazon.titan-embed-text-v1",
        input={"invokeModel": {"body": b'{"inputText": "Hi"}'}},
    )

    assert words == "The provided model doesn't support counting tokens."
