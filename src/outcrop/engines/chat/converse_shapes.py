"""A prompt in the words of Amazon Bedrock's Converse.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.engines.chat.interface import (
    Image,
    InvalidPromptError,
    Message,
    Part,
    Prompt,
    Sampling,
    Text,
    Tool,
    ToolChoice,
    ToolUse,
    UnsupportedInputError,
)
from outcrop.engines.chat.json_schemas import as_object

_UNKNOWN_SAMPLING = (
    "seed",
    "presence_penalty",
    "frequency_penalty",
    "repetition_penalty",
    "logit_bias",
)
_ANSWER_TOOL = "answer"
"""A tool whose input is an answer that must satisfy a schema."""


def as_converse(prompt: Prompt, model_id: str) -> dict[str, Any]:
    """Return the parameters of ConverseStream.

    Raises:
        UnsupportedInputError: The prompt asks for what Converse has no words for.
        InvalidPromptError: It asks for tools and a schema together.
    """
    unknown = [name for name in _UNKNOWN_SAMPLING if getattr(prompt.sampling, name)]
    if unknown:
        raise UnsupportedInputError(f"Amazon Bedrock's Converse has no {', '.join(unknown)}.")
    request: dict[str, Any] = {
        "modelId": model_id,
        "messages": [_message(m) for m in prompt.messages if m.role != "system"],
        "system": [_part(p) for m in prompt.messages if m.role == "system" for p in m.parts],
        "inferenceConfig": _inference(prompt.sampling),
        "toolConfig": _tools(prompt),
        "additionalModelRequestFields": _more(prompt.sampling, model_id),
        # Ignored by models that do not tell.
        "additionalModelResponseFieldPaths": ["/stop_sequence"],
    }
    return {name: value for name, value in request.items() if value}


def _inference(sampling: Sampling) -> dict[str, Any]:
    chosen: dict[str, Any] = {
        "maxTokens": sampling.max_tokens,
        "temperature": sampling.temperature,
        "topP": sampling.top_p,
        "stopSequences": list(sampling.stop_sequences) or None,
    }
    return {name: value for name, value in chosen.items() if value is not None}


def _more(sampling: Sampling, model_id: str) -> dict[str, Any]:
    if sampling.top_k is None:
        return {}
    if "anthropic." in model_id:
        return {"top_k": sampling.top_k}
    if "amazon.nova" in model_id:
        return {"inferenceConfig": {"topK": sampling.top_k}}
    raise UnsupportedInputError(f"Amazon Bedrock's Converse has no top_k for {model_id}.")


def _tools(prompt: Prompt) -> dict[str, Any]:
    if prompt.json_schema is not None:
        if prompt.tools:
            raise InvalidPromptError("Tools and a JSON schema cannot be asked for together.")
        answer = Tool(_ANSWER_TOOL, "Give the answer.", as_object(prompt.json_schema))
        return _tool_config([answer], ToolChoice("tool", _ANSWER_TOOL))
    # Converse cannot forbid tools that it is told of.
    is_silent = not prompt.tools or prompt.tool_choice.kind == "none"
    return {} if is_silent else _tool_config(prompt.tools, prompt.tool_choice)


def _tool_config(tools: Sequence[Tool], choice: ToolChoice) -> dict[str, Any]:
    return {
        "tools": [{"toolSpec": _tool_spec(tool)} for tool in tools],
        "toolChoice": {choice.kind: {"name": choice.name} if choice.kind == "tool" else {}},
    }


def _tool_spec(tool: Tool) -> dict[str, Any]:
    described = {"description": tool.description} if tool.description else {}
    schema: Mapping[str, Any] = {"json": dict(tool.input_schema)}
    return {"name": tool.name, "inputSchema": schema, **described}


def _message(message: Message) -> dict[str, Any]:
    return {"role": message.role, "content": [_part(part) for part in message.parts]}


def _part(part: Part) -> dict[str, Any]:
    match part:
        case Text():
            return {"text": part.text}
        case Image():
            image_format = part.media_type.removeprefix("image/")
            return {"image": {"format": image_format, "source": {"bytes": part.content}}}
        case ToolUse():
            return {"toolUse": {"toolUseId": part.id, "name": part.name, "input": dict(part.input)}}
        case _:
            said = [Text(part.content)] if part.content or not part.images else []
            content = [_part(shown) for shown in (*said, *part.images)]
            result = {"toolUseId": part.tool_use_id, "content": content}
            return {"toolResult": {**result, "status": "error" if part.is_error else "success"}}
