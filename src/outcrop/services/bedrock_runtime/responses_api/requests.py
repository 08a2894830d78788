"""A request for a response as the prompt of a chat model.

Source: OpenAI API reference, "Create a model response"
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from outcrop.engines.chat.interface import (
    Message,
    Prompt,
    Sampling,
    Text,
    Tool,
    ToolResult,
    ToolUse,
)
from outcrop.services.bedrock_runtime.attachments import Attachments
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.openai_content import (
    arguments_of,
    parts_of,
    text_of,
    tool_choice_of,
    tool_of,
)
from outcrop.services.bedrock_runtime.model_families.openai_requests import ROLES

REFUSED = ("background", "conversation", "prompt", "max_tool_calls", "top_logprobs")
"""Members for which there is nothing here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRequest:
    """What is asked, with the members that the answer repeats."""

    model: str
    items: Sequence[Any]
    """This turn's input."""
    previous: str
    """The id of the response that this one goes on from; empty: none."""
    is_stored: bool
    is_streamed: bool
    repeated: Mapping[str, Any]


def read_request(body: Fields) -> ResponseRequest:
    """Return what a request's body asks for.

    Raises:
        ServiceError: `ValidationException`, naming the member that is wrong.
    """
    body.need("model", "input")
    for name in REFUSED:
        if body.raw(name):
            raise body.refused(name, "this is not done here")
    content = body.raw("input")
    items: Sequence[Any] = (
        [{"type": "message", "role": "user", "content": content}]
        if isinstance(content, str)
        else body.items("input")
    )
    return ResponseRequest(
        model=body.text("model"),
        items=items,
        previous=body.text("previous_response_id"),
        is_stored=body.truth("store", default=True),
        is_streamed=body.truth("stream", default=False),
        repeated=_repeated(body),
    )


def _repeated(body: Fields) -> Mapping[str, Any]:
    return {
        "instructions": body.raw("instructions"),
        "max_output_tokens": body.integer("max_output_tokens", 1),
        "metadata": body.mapping("metadata"),
        "parallel_tool_calls": body.truth("parallel_tool_calls", default=True),
        "previous_response_id": body.raw("previous_response_id"),
        "reasoning": body.raw("reasoning") or {"effort": None, "summary": None},
        "store": body.truth("store", default=True),
        "temperature": body.number("temperature", 0, 2),
        "text": body.raw("text") or {"format": {"type": "text"}},
        "tool_choice": body.raw("tool_choice") or "auto",
        "tools": body.items("tools"),
        "top_p": body.number("top_p", 0, 1),
        "truncation": body.choice("truncation", ("auto", "disabled"), "disabled"),
        "user": body.raw("user"),
    }


async def read_prompt(body: Fields, items: Sequence[Any], attachments: Attachments) -> Prompt:
    """Return what a model is to continue: the instructions, and all items of the conversation.

    Raises:
        ServiceError: `ValidationException`, naming the member that is wrong.
    """
    messages: list[Message] = []
    if "instructions" in body:
        messages.append(Message("system", [Text(body.text("instructions"))]))
    for item in Fields({"input": items}).objects("input"):
        messages += await _messages(item, attachments)
    return Prompt(
        # Models expect what the system says before all else.
        messages=_merged(sorted(messages, key=lambda message: message.role != "system")),
        tools=[_tool(tool) for tool in body.objects("tools")],
        tool_choice=tool_choice_of(body.raw("tool_choice")),
        sampling=Sampling(
            max_tokens=body.integer("max_output_tokens", 1),
            temperature=body.number("temperature", 0, 2),
            top_p=body.number("top_p", 0, 1),
        ),
        json_schema=_json_schema(body.object("text").object("format")),
    )


def _merged(messages: Sequence[Message]) -> Sequence[Message]:
    """Return turns whose parts came as items of their own: words and calls, results of calls."""
    turns = [list(turn) for _, turn in groupby(messages, key=lambda message: message.role)]
    return [
        Message(turn[0].role, [part for message in turn for part in message.parts])
        for turn in turns
    ]


async def _messages(item: Fields, attachments: Attachments) -> list[Message]:
    match item.text("type", "message"):
        case "message":
            role = item.text("role", "user")
            if role not in ROLES or role == "tool":
                raise item.refused("role", f"{role} is not a valid enum value")
            return [Message(ROLES[role], await parts_of(item, attachments))]
        case "function_call":
            item.need("call_id", "name")
            use = ToolUse(item.text("call_id"), item.text("name"), arguments_of(item))
            return [Message("assistant", [use])]
        case "function_call_output":
            item.need("call_id", "output")
            result = ToolResult(item.text("call_id"), await _output(item, attachments))
            return [Message("user", [result])]
        case "reasoning":
            return []  # What another model thought is not repeated.
        case kind:
            raise item.refused("type", f"items of type {kind} are not read here")


async def _output(item: Fields, attachments: Attachments) -> str:
    output = item.raw("output")
    if isinstance(output, str):
        return output
    if isinstance(output, list):
        return await text_of(Fields({"content": output}), attachments)
    return json.dumps(output, ensure_ascii=False)


def _tool(tool: Fields) -> Tool:
    if tool.text("type") != "function":
        raise tool.refused("type", f"tools of type {tool.text('type')} are not run here")
    return tool_of(tool)


def _json_schema(form: Fields) -> Mapping[str, Any] | None:
    match form.text("type", "text"):
        case "json_object":
            return {}
        case "json_schema":
            form.need("schema")
            return form.mapping("schema")
        case _:
            return None
