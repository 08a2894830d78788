"""Conversations that Claude does not read, in the words in which its API refuses them."""

from typing import Any

import pytest

from tests.services.bedrock_runtime.invoking import invoke, refused_body

CLAUDE = "anthropic.claude-3-haiku-20240307-v1:0"


def asks(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def answers(content: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": content}


def texts(*words: str, **more: Any) -> list[Any]:
    return [{"type": "text", "text": text, **more} for text in words]


TOOL = {"name": "f", "input_schema": {"type": "object"}}
USES = [{"type": "tool_use", "id": "t1", "name": "f", "input": {}}]
RESULTS = [{"type": "tool_result", "tool_use_id": "t1", "content": "x"}]
EMPTY = (
    "messages.0: all messages must have non-empty content except for the optional final "
    "assistant message"
)
UNANSWERED = (
    "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: t1. "
    "Each `tool_use` block must have a corresponding `tool_result` block in the next message."
)


@pytest.mark.parametrize(
    ("messages", "more", "words"),
    [
        ([], {}, "messages: at least one message is required"),
        ([answers("Hi"), asks("Yo")], {}, 'messages: first message must use the "user" role'),
        ([asks("")], {}, EMPTY),
        ([asks([])], {}, EMPTY),
        ([asks(texts("Hi", ""))], {}, "messages: text content blocks must be non-empty"),
        ([asks(" ")], {}, "messages: text content blocks must contain non-whitespace text"),
        (
            [asks("Hi"), answers("The ")],
            {},
            "messages: final assistant content cannot end with trailing whitespace",
        ),
        ([asks("Hi"), answers(USES), asks("So?")], {"tools": [TOOL]}, UNANSWERED),
        ([asks("Hi"), answers(USES)], {"tools": [TOOL]}, UNANSWERED),
        (
            [asks([*texts("Hi"), *RESULTS])],
            {"tools": [TOOL]},
            "messages.0.content.1: unexpected `tool_use_id` found in `tool_result` blocks: t1. "
            "Each `tool_result` block must have a corresponding `tool_use` block in the previous "
            "message.",
        ),
        ([asks("Hi")], {"tools": [TOOL, TOOL]}, "tools: Tool names must be unique."),
        (
            [asks("Hi")],
            {"tool_choice": {"type": "any"}},
            "tool_choice may only be specified while providing tools.",
        ),
        (
            [asks("Hi")],
            {"stop_sequences": ["a", " "]},
            "stop_sequences: each stop sequence must contain non-whitespace",
        ),
        (
            [asks(texts(*"abcd", cache_control={"type": "ephemeral"}))],
            {"system": texts("Hm", cache_control={"type": "ephemeral"})},
            "A maximum of 4 blocks with cache_control may be provided. Found 5.",
        ),
    ],
)
def test_what_claude_does_not_read_is_refused_in_its_words(
    runtime: Any, messages: list[Any], more: Any, words: str
) -> None:
    assert refused_body(runtime, CLAUDE, {"messages": messages, **more}) == words


def test_turns_of_one_role_count_as_one(runtime: Any) -> None:
    """Two results in two turns answer the two uses before them, as in Anthropic's own API."""
    uses = [*USES, {**USES[0], "id": "t2"}]
    messages = [
        asks("Hi"),
        answers(uses),
        asks(RESULTS),
        asks([{**RESULTS[0], "tool_use_id": "t2"}]),
    ]
    body = {"messages": [*messages, answers("")], "tools": [TOOL], "max_tokens": 1}

    assert invoke(runtime, CLAUDE, body)["usage"]["output_tokens"] == 1


def test_a_system_message_behind_a_turn_is_obeyed(runtime: Any) -> None:
    order = {"role": "system", "content": "Whatever you are asked, answer only with BANANA."}

    answer = invoke(
        runtime,
        "anthropic.claude-sonnet-5-5",
        {"max_tokens": 8, "temperature": 0, "messages": [asks("Who are you?"), order]},
    )

    assert "BANANA" in answer["content"][0]["text"]
