"""What users point at Bedrock, unmodified: only the environment names the server."""

from collections.abc import Callable
from typing import Any

import numpy as np

Program = Callable[..., Any]


def test_langchain_chats_streams_calls_tools_and_embeds(program: Program) -> None:
    said = program("langchain_chat.py")

    assert said["whole"].strip(".") == "Paris"
    assert said["pieces"] > 3
    assert all(digit in said["streamed"] for digit in "12345")
    assert [(it["name"], it["args"]["city"]) for it in said["tool_calls"]] == [
        ("get_weather", "Toulouse")
    ]
    assert "rain" in said["told"].lower() or "11" in said["told"]
    assert said["structured"]["capital"] == "Rome"
    french, english, tax = np.array(said["vectors"])
    assert french.shape == (1024,)
    assert french @ english > french @ tax


def test_llama_index_chats_and_streams(program: Program) -> None:
    said = program("llama_index_chat.py")

    assert {name: text.strip(".") for name, text in said.items()} == {
        "whole": "Paris",
        "streamed": "Paris",
    }


def test_litellm_chats_streams_and_embeds(program: Program) -> None:
    said = program("litellm_chat.py")

    assert said["whole"].strip(".") == said["streamed"].strip(".") == "Paris"
    assert said["tokens"] > 30
    assert said["dimensions"] == 1024


def test_anthropics_bedrock_client_chats_and_streams(program: Program) -> None:
    said = program("anthropic_bedrock.py")

    assert said["whole"].strip(".") == said["streamed"].strip(".") == "Paris"
    assert said["stop_reason"] == "end_turn"
    assert 0 < said["output_tokens"] < 20


def test_openais_client_chats_and_streams(program: Program) -> None:
    said = program("openai_chat.py")

    assert said["whole"].strip(".") == said["streamed"].strip(".") == "Paris"
    assert said["finish_reason"] == "stop"
    assert said["same_usage"]


def test_a_strands_agent_runs_its_tool(program: Program) -> None:
    said = program("strands_agent.py")

    assert said["asked"][:1] == ["Toulouse"]
    assert "rain" in said["answer"].lower() or "11" in said["answer"]


def test_the_javascript_sdk_streams_over_cleartext_http_2(node_program: Program) -> None:
    said = node_program("converse_stream.mjs")

    assert said["text"].strip(".") == "Paris"
    assert said["stopReason"] == "end_turn"
