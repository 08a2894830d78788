"""Conversations sent and read back."""

from collections.abc import Mapping
from typing import Any

MODEL = "anthropic.claude-3-haiku-20240307-v1:0"
GREEDY: Mapping[str, Any] = {"maxTokens": 16, "temperature": 0.0}
CAPITAL = "What is the capital of France? Answer with one word."


def user(*content: str | Mapping[str, Any]) -> dict[str, Any]:
    """Return a turn of the user."""
    return {"role": "user", "content": blocks(content)}


def assistant(*content: str | Mapping[str, Any]) -> dict[str, Any]:
    """Return a turn of the model."""
    return {"role": "assistant", "content": blocks(content)}


def blocks(content: tuple[str | Mapping[str, Any], ...]) -> list[Any]:
    """Return content blocks; a string is a text."""
    return [{"text": part} if isinstance(part, str) else part for part in content]


def said(answer: Mapping[str, Any]) -> str:
    """Return the words of an answer."""
    content = answer["output"]["message"]["content"]
    return "".join(block.get("text", "") for block in content)


def told(events: list[Any]) -> str:
    """Return the words of a stream's events."""
    deltas = [
        event["contentBlockDelta"]["delta"] for event in events if "contentBlockDelta" in event
    ]
    return "".join(delta.get("text", "") for delta in deltas)


WEATHER: Mapping[str, Any] = {
    "tools": [
        {
            "toolSpec": {
                "name": "get_weather",
                "description": "Tells the present weather of a city.",
                "inputSchema": {
                    "json": {
                        "type": "object",
                        "properties": {"city": {"type": "string"}},
                        "required": ["city"],
                    }
                },
            }
        }
    ]
}
