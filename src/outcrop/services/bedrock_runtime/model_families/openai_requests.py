"""A request of OpenAI's chat completions as the prompt of a chat model.

Source: OpenAI API reference, "Create chat completion"; on Bedrock the native form of gpt-oss, of
AI21 Jamba and of Mistral's chat models.
"""

from collections.abc import Mapping
from typing import Any

from outcrop.engines.chat.interface import (
    Message,
    Prompt,
    Role,
    Sampling,
    Tool,
    ToolResult,
    ToolUse,
)
from outcrop.services.bedrock_runtime.attachments import Attachments, told
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.openai_content import (
    arguments_of,
    parts_of,
    text_of,
    tool_choice_of,
    tool_of,
)

ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "user",
}
WITHOUT_EFFECT = (
    "logit_bias",
    "metadata",
    "model",
    "parallel_tool_calls",
    "prompt_cache_key",
    "prompt_cache_retention",
    "reasoning_effort",
    "safe_prompt",
    "safety_identifier",
    "service_tier",
    "store",
    "stream",
    "stream_options",
    "user",
    "verbosity",
)
"""Members that change nothing here, or are read elsewhere."""


async def read_prompt(body: Fields, attachments: Attachments) -> Prompt:
    """Return what a request's body asks for.

    Raises:
        ServiceError: `ValidationException`, naming the member that is wrong.
    """
    body.need("messages")
    body.accept(*WITHOUT_EFFECT)
    if body.integer("n", 1) not in (None, 1):
        raise body.refused("n", "only one choice is given here")
    if body.truth("logprobs", default=False):
        raise body.refused("logprobs", "probabilities of tokens are not told here")
    messages = [await _message(message, attachments) for message in body.objects("messages")]
    return Prompt(
        messages=_documents(body) + messages,
        tools=[_tool(tool) for tool in body.objects("tools")],
        tool_choice=tool_choice_of(body.raw("tool_choice")),
        sampling=_sampling(body),
        json_schema=_json_schema(body.object("response_format")),
    )


def _sampling(body: Fields) -> Sampling:
    seed, random_seed = body.integer("seed"), body.integer("random_seed")
    most, most_by_old_name = body.integer("max_completion_tokens", 1), body.integer("max_tokens", 1)
    return Sampling(
        max_tokens=most_by_old_name if most is None else most,
        temperature=body.number("temperature", 0, 2),
        top_p=body.number("top_p", 0, 1),
        top_k=body.integer("top_k", 0),
        stop_sequences=tuple(body.texts("stop")),
        seed=random_seed if seed is None else seed,
        presence_penalty=body.number("presence_penalty", -2, 2),
        frequency_penalty=body.number("frequency_penalty", -2, 2),
    )


def _documents(body: Fields) -> list[Message]:
    """Return what Jamba is given to rest its answer on."""
    documents = [document.text("content") for document in body.objects("documents")]
    return [Message("system", [told(text) for text in documents])] if documents else []


async def _message(message: Fields, attachments: Attachments) -> Message:
    role = message.text("role", "user")
    message.accept("name", "refusal", "audio", "annotations", "reasoning", "reasoning_content")
    if role not in ROLES:
        raise message.refused("role", f"{role} is not a valid enum value")
    if role == "tool":
        message.need("tool_call_id")
        content = await text_of(message, attachments)
        return Message("user", [ToolResult(message.text("tool_call_id"), content)])
    parts = await parts_of(message, attachments)
    return Message(ROLES[role], [*parts, *map(_tool_use, message.objects("tool_calls"))])


def _tool_use(call: Fields) -> ToolUse:
    call.accept("type", "index")
    function = call.object("function")
    return ToolUse(call.text("id"), function.text("name"), arguments_of(function))


def _tool(tool: Fields) -> Tool:
    if tool.text("type", "function") != "function":
        raise tool.refused("type", f"{tool.text('type')} is not a valid enum value")
    return tool_of(tool.object("function"))


def _json_schema(response_format: Fields) -> Mapping[str, Any] | None:
    match response_format.text("type"):
        case "json_object":
            return {}
        case "json_schema":
            schema = response_format.object("json_schema")
            schema.accept("name", "description", "strict")
            return schema.mapping("schema")
        case _:
            return None
