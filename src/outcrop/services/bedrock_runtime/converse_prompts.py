"""A Converse request as the prompt of a chat model."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from outcrop.aws.user_json import read_json
from outcrop.engines.chat.interface import Message, Prompt, Sampling, Tool, ToolChoice
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.attachments import Attachments
from outcrop.services.bedrock_runtime.conversation_rules import check_conversation, check_object
from outcrop.services.bedrock_runtime.converse_content import parts_of, system_texts
from outcrop.services.bedrock_runtime.model_families.fields import Fields

Request = shapes.ConverseRequest | shapes.ConverseStreamRequest


async def read_prompt(request: Request, attachments: Attachments) -> Prompt:
    """Return what a request asks a model to continue.

    Raises:
        ServiceError: `ValidationException`: the conversation breaks a rule of Converse, or holds
            what no model here reads.
    """
    tools = request.get("toolConfig", {})
    turns = request.get("messages", [])
    check_conversation(turns, has_tools=bool(tools.get("tools")))
    messages: list[Message] = []
    if system := system_texts(request.get("system", [])):
        messages.append(Message("system", system))
    for turn in turns:
        role: Any = turn["role"]  # one of the service model's: user, assistant, system
        messages.append(Message(role, await parts_of(turn, attachments)))
    return Prompt(
        messages=messages,
        marked_parts=_marked_parts(request),
        tools=_tools(tools.get("tools", [])),
        tool_choice=_tool_choice(tools.get("toolChoice", {})),
        sampling=_sampling(request),
        json_schema=_json_schema(request),
    )


def cache_points(request: Request) -> int:
    """Return how often a request marks what is to be cached."""
    system, tools, said = _blocks(request)
    return sum("cachePoint" in block for block in (*system, *tools, *said))


def _marked_parts(request: Request) -> int | None:
    """Return how many parts come before the last mark; tools are read with the system's."""
    system, tools, said = _blocks(request)
    marked, seen = None, 0
    if any("cachePoint" in tool for tool in tools):
        marked = sum("cachePoint" not in block for block in system)
    for block in (*system, *said):
        if "cachePoint" in block:
            marked = max(marked or 0, seen)
        elif "reasoningContent" not in block:
            seen += 1
    return marked


def _blocks(request: Request) -> tuple[list[Any], list[Any], list[Any]]:
    """Return the blocks of the system prompt, the tools, and all that was said."""
    return (
        list(request.get("system", [])),
        list(request.get("toolConfig", {}).get("tools", [])),
        [block for message in request.get("messages", []) for block in message["content"]],
    )


def _tools(tools: Sequence[shapes.Tool]) -> list[Tool]:
    told: list[Tool] = []
    for index, tool in enumerate(tools):
        match tool:
            case {"toolSpec": spec}:
                schema: Any = spec["inputSchema"].get("json", {})
                if spec["name"] in (tool.name for tool in told):
                    raise shapes.ValidationException(
                        f"The tool {spec['name']} is already defined at toolConfig.tools.{index}."
                    )
                _check_schema(schema, f"toolConfig.tools.{index}.toolSpec.inputSchema.json")
                told.append(Tool(spec["name"], spec.get("description", ""), schema))
            case {"cachePoint": _}:
                pass
            case _:
                raise shapes.ValidationException("This model doesn't support system tools.")
    return told


def _check_schema(schema: Any, where: str) -> None:
    check_object(schema, where)
    if schema.get("type") != "object":
        raise shapes.ValidationException(
            f"The value at {where}.type must be one of the following: object."
        )


def _tool_choice(choice: shapes.ToolChoice) -> ToolChoice:
    match choice:
        case {"any": _}:
            return ToolChoice("any")
        case {"tool": {"name": name}}:
            return ToolChoice("tool", name)
        case _:
            return ToolChoice()


def _sampling(request: Request) -> Sampling:
    """Read what Converse names itself, and of the rest what the vendors call alike.

    Nova's own members stand in an inner `inferenceConfig`.
    """
    config = request.get("inferenceConfig", {})
    more = Fields.of(
        request.get("additionalModelRequestFields") or {}, ("additionalModelRequestFields",)
    )
    inner = more.object("inferenceConfig")
    named = [fields.integer(name, 0) for fields in (more, inner) for name in ("top_k", "topK", "k")]
    return Sampling(
        max_tokens=config.get("maxTokens"),
        temperature=config.get("temperature"),
        top_p=config.get("topP"),
        top_k=next((value for value in named if value is not None), None),
        stop_sequences=(*config.get("stopSequences", ()), *more.texts("stop_sequences")),
        seed=more.integer("seed"),
        presence_penalty=more.number("presence_penalty", -2, 2),
        frequency_penalty=more.number("frequency_penalty", -2, 2),
    )


def _json_schema(request: Request) -> Mapping[str, Any] | None:
    match request.get("outputConfig", {}).get("textFormat", {}):
        case {"structure": {"jsonSchema": {"schema": text}}}:
            pass
        case _:
            return None
    try:
        schema: Any = read_json(text)
    except ValueError:
        schema = None
    if not isinstance(schema, dict):
        raise shapes.ValidationException(
            "outputConfig.textFormat.structure.jsonSchema.schema must be the text of a JSON object."
        )
    return cast("Mapping[str, Any]", schema)
