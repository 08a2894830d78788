"""Each vendor's native form, whole and streamed, with a question that has one answer."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.services.bedrock_runtime.invoking import METRICS, invoke, kinds, stream

QUESTION = "What is the capital of France? Answer with one word."
TURN = {"role": "user", "content": QUESTION}
TOKENS = 8


@dataclass(frozen=True, kw_only=True)
class Family:
    """A native form, and where its words and its shape are."""

    model_id: str
    body: Mapping[str, Any]
    shape: Mapping[str, Any]
    """Of the whole answer, scalars as the names of their types."""
    text: Callable[[Any], str]
    piece: Callable[[Any], str] | None
    """Reads the words of a chunk; `None` where the model never streamed."""


def gathered(read: Callable[[Any], str | None]) -> Callable[[Any], str]:
    """Read a place that not every chunk has."""

    def text(chunk: Any) -> str:
        try:
            return read(chunk) or ""
        except (KeyError, IndexError):
            return ""

    return text


CHAT_USAGE = {
    "prompt_tokens": "int",
    "completion_tokens": "int",
    "total_tokens": "int",
    "prompt_tokens_details": {"cached_tokens": "int"},
}
FAMILIES = {
    "anthropic messages": Family(
        model_id="anthropic.claude-3-sonnet-20240229-v1:0",
        body={
            "anthropic_version": "bedrock-2023-05-31",
            "max_tokens": TOKENS,
            "messages": [{"role": "user", "content": [{"type": "text", "text": QUESTION}]}],
        },
        shape={
            "model": "str",
            "id": "str",
            "type": "str",
            "role": "str",
            "content": [{"type": "str", "text": "str"}],
            "stop_reason": "str",
            "stop_sequence": "NoneType",
            "usage": {"input_tokens": "int", "output_tokens": "int"},
        },
        text=lambda answer: answer["content"][0]["text"],
        piece=gathered(lambda chunk: chunk["delta"]["text"]),
    ),
    "anthropic text": Family(
        model_id="anthropic.claude-v2:1",
        body={
            "prompt": f"\n\nHuman: {QUESTION}\n\nAssistant:",
            "max_tokens_to_sample": TOKENS,
        },
        shape={"type": "str", "completion": "str", "stop_reason": "str", "stop": "str"},
        text=lambda answer: answer["completion"],
        piece=lambda chunk: chunk["completion"],
    ),
    "llama": Family(
        model_id="meta.llama3-8b-instruct-v1:0",
        body={
            "prompt": "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n"
            f"{QUESTION}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
            "max_gen_len": TOKENS,
        },
        shape={
            "generation": "str",
            "prompt_token_count": "int",
            "generation_token_count": "int",
            "stop_reason": "str",
        },
        text=lambda answer: answer["generation"],
        piece=lambda chunk: chunk["generation"],
    ),
    "mistral text": Family(
        model_id="mistral.mixtral-8x7b-instruct-v0:1",
        body={"prompt": f"<s>[INST] {QUESTION} [/INST]", "max_tokens": TOKENS},
        shape={"outputs": [{"text": "str", "stop_reason": "str"}]},
        text=lambda answer: answer["outputs"][0]["text"],
        piece=lambda chunk: chunk["outputs"][0]["text"],
    ),
    "mistral chat": Family(
        model_id="mistral.mistral-large-2402-v1:0",
        body={"messages": [TURN], "max_tokens": TOKENS},
        shape={
            "choices": [
                {
                    "index": "int",
                    "message": {"role": "str", "content": "str"},
                    "stop_reason": "str",
                }
            ],
        },
        text=lambda answer: answer["choices"][0]["message"]["content"],
        piece=gathered(lambda chunk: chunk["choices"][0]["message"]["content"]),
    ),
    "titan text": Family(
        model_id="amazon.titan-text-express-v1",
        body={"inputText": QUESTION, "textGenerationConfig": {"maxTokenCount": TOKENS}},
        shape={
            "inputTextTokenCount": "int",
            "results": [{"tokenCount": "int", "outputText": "str", "completionReason": "str"}],
        },
        text=lambda answer: answer["results"][0]["outputText"],
        piece=lambda chunk: chunk["outputText"],
    ),
    "nova": Family(
        model_id="amazon.nova-lite-v1:0",
        body={
            "messages": [{"role": "user", "content": [{"text": QUESTION}]}],
            "inferenceConfig": {"maxTokens": TOKENS},
        },
        shape={
            "output": {"message": {"role": "str", "content": [{"text": "str"}]}},
            "stopReason": "str",
            "usage": {
                "inputTokens": "int",
                "outputTokens": "int",
                "totalTokens": "int",
                "cacheReadInputTokenCount": "int",
                "cacheWriteInputTokenCount": "int",
            },
        },
        text=lambda answer: answer["output"]["message"]["content"][0]["text"],
        piece=gathered(lambda chunk: chunk["contentBlockDelta"]["delta"]["text"]),
    ),
    "cohere command": Family(
        model_id="cohere.command-text-v14",
        body={"prompt": QUESTION, "max_tokens": TOKENS},
        shape={
            "generations": [{"finish_reason": "str", "id": "str", "text": "str"}],
            "id": "str",
            "prompt": "str",
        },
        text=lambda answer: answer["generations"][0]["text"],
        piece=gathered(lambda chunk: chunk["text"]),
    ),
    "cohere command r": Family(
        model_id="cohere.command-r-plus-v1:0",
        body={"message": QUESTION, "max_tokens": TOKENS},
        shape={
            "response_id": "str",
            "text": "str",
            "generation_id": "str",
            "finish_reason": "str",
            "chat_history": [{"role": "str", "message": "str"}] * 2,
        },
        text=lambda answer: answer["text"],
        piece=gathered(lambda chunk: chunk["text"]),
    ),
    "jurassic": Family(
        model_id="ai21.j2-mid-v1",
        body={"prompt": QUESTION, "maxTokens": TOKENS},
        shape={
            "id": "str",
            "prompt": {"text": "str", "tokens": []},
            "completions": [
                {
                    "data": {"text": "str", "tokens": []},
                    "finishReason": {"reason": "str"},
                }
            ],
        },
        text=lambda answer: answer["completions"][0]["data"]["text"],
        piece=None,
    ),
    "jamba": Family(
        model_id="ai21.jamba-1-5-mini-v1:0",
        body={"messages": [TURN], "max_tokens": TOKENS},
        shape={
            "id": "str",
            "choices": [
                {
                    "index": "int",
                    "message": {"role": "str", "content": "str"},
                    "finish_reason": "str",
                }
            ],
            "usage": CHAT_USAGE,
        },
        text=lambda answer: answer["choices"][0]["message"]["content"],
        piece=gathered(lambda chunk: chunk["choices"][0]["delta"]["content"]),
    ),
    "deepseek": Family(
        model_id="deepseek.r1-v1:0",
        body={
            "prompt": f"<｜begin▁of▁sentence｜><｜User｜>{QUESTION}<｜Assistant｜><think>\n",
            "max_tokens": TOKENS,
        },
        shape={"choices": [{"text": "str", "stop_reason": "str"}]},
        text=lambda answer: answer["choices"][0]["text"],
        piece=lambda chunk: chunk["choices"][0]["text"],
    ),
    "gpt-oss": Family(
        model_id="openai.gpt-oss-20b-1:0",
        body={"messages": [TURN], "max_completion_tokens": TOKENS},
        shape={
            "id": "str",
            "object": "str",
            "created": "int",
            "model": "str",
            "choices": [
                {
                    "index": "int",
                    "message": {"role": "str", "content": "str"},
                    "finish_reason": "str",
                }
            ],
            "usage": CHAT_USAGE,
        },
        text=lambda answer: answer["choices"][0]["message"]["content"],
        piece=gathered(lambda chunk: chunk["choices"][0]["delta"]["content"]),
    ),
}
STREAMING = {name: family for name, family in FAMILIES.items() if family.piece is not None}


def parameters(families: Mapping[str, Family]) -> Sequence[Any]:
    return [pytest.param(family, id=name) for name, family in families.items()]


@pytest.mark.parametrize("family", parameters(FAMILIES))
def test_a_whole_answer_has_the_vendors_shape_and_the_answer(runtime: Any, family: Family) -> None:
    answer = invoke(runtime, family.model_id, family.body)

    assert "Paris" in family.text(answer)
    assert kinds(answer) == family.shape


@pytest.mark.parametrize("family", parameters(STREAMING))
def test_a_streamed_answer_comes_in_pieces_and_ends_with_metrics(
    runtime: Any, family: Family
) -> None:
    chunks = stream(runtime, family.model_id, family.body)

    pieces = [family.piece(chunk) for chunk in chunks if family.piece]
    metrics = chunks[-1][METRICS]
    assert "Paris" in "".join(pieces)
    assert kinds(metrics) == {
        "inputTokenCount": "int",
        "outputTokenCount": "int",
        "invocationLatency": "int",
        "firstByteLatency": "int",
    }
    assert metrics["inputTokenCount"] > 5
    assert 1 <= metrics["outputTokenCount"] <= TOKENS
    assert not any(METRICS in chunk for chunk in chunks[:-1])


@pytest.mark.parametrize("operation", ["invoke_model", "invoke_model_with_response_stream"])
def test_how_it_was_to_be_served_is_told_in_the_answer(runtime: Any, operation: str) -> None:
    asked = {"performanceConfigLatency": "optimized", "serviceTier": "priority"}
    body = json.dumps({"inputText": "Hi", "textGenerationConfig": {"maxTokenCount": 1}})

    answer = getattr(runtime, operation)(modelId="amazon.titan-text-express-v1", body=body, **asked)

    assert {name: answer[name] for name in asked} == asked
    assert list(answer["body"])  # a stream that is left open holds a slot
