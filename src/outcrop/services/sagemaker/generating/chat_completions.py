"""OpenAI's chat completions and completions, which TGI, LMI, vLLM and their like take as well.

Source: https://huggingface.co/docs/text-generation-inference/messages_api; OpenAI API reference,
"Create chat completion", "Create completion"
"""

import time
import uuid
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from outcrop.engines.chat.interface import (
    ChatError,
    ChatModel,
    Delta,
    Finished,
    OverloadedError,
    StopReason,
    TextDelta,
    ToolInputDelta,
    ToolUseStarted,
    Usage,
)
from outcrop.services.sagemaker.generating.chat_prompts import prompt_of
from outcrop.services.sagemaker.generating.fields import Fields
from outcrop.services.sagemaker.generating.generation import Generated, generated
from outcrop.services.sagemaker.generating.messages import (
    EVENTS,
    RefusalError,
    Response,
    as_json,
    whole,
)

FINISH_REASONS: Mapping[StopReason, str] = {
    "end": "stop",
    "max_tokens": "length",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
    "content_filter": "content_filter",
}
LAST_EVENT = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class OpenAICompatible:
    """A container that speaks OpenAI's API alone: vLLM, SGLang, llama.cpp."""

    model: ChatModel
    name: str

    async def __call__(self, body: bytes) -> Response:
        """Answer a request."""
        try:
            return await respond(self.model, self.name, Fields.of(body, invalid))
        except OverloadedError:
            raise
        except ChatError as error:
            raise invalid(str(error)) from error


def invalid(message: str) -> RefusalError:
    """Return the answer to a request that is wrong."""
    error = {"message": message, "type": "BadRequestError", "param": None, "code": 400}
    return RefusalError(400, {"error": error})


async def respond(model: ChatModel, name: str, asked: Fields) -> Response:
    """Answer a request that has `messages`, or a `prompt`.

    Raises:
        ChatError: The model fails before its first words.
    """
    is_chat = asked.has("messages")
    if not is_chat and not asked.has("prompt"):
        raise asked.refuse("the request needs `messages`, `prompt` or `inputs`")
    prompt = prompt_of(asked, is_chat=is_chat)
    form = _Form(asked.text("model", name), is_chat=is_chat)
    if not asked.truth("stream"):
        return whole(form.completed(await generated(model, prompt)))
    deltas = model.generate(prompt)
    first = await anext(deltas)
    wants_usage = asked.object("stream_options").truth("include_usage")
    events = _events(form, deltas, first, wants_usage=wants_usage)
    return Response(pieces=events, content_type=EVENTS)


class _Form:
    """The members that all events of one answer share."""

    def __init__(self, model: str, *, is_chat: bool) -> None:
        self._is_chat = is_chat
        self._object = "chat.completion" if is_chat else "text_completion"
        prefix = "chatcmpl" if is_chat else "cmpl"
        self._told = {
            "id": f"{prefix}-{uuid.uuid4().hex}",
            "created": int(time.time()),
            "model": model,
        }

    def completed(self, answer: Generated) -> Mapping[str, Any]:
        """Return a whole answer."""
        reason = FINISH_REASONS[answer.finished.reason]
        choice: dict[str, Any] = {"index": 0, "logprobs": None, "finish_reason": reason}
        if self._is_chat:
            message: dict[str, Any] = {"role": "assistant", "content": answer.text}
            if answer.calls:
                message["content"] = answer.text or None
                message["tool_calls"] = [
                    _call(number, one.id, one.name, one.arguments)
                    for number, one in enumerate(answer.calls)
                ]
            choice["message"] = message
        else:
            choice["text"] = answer.text
        return {
            "object": self._object,
            **self._told,
            "choices": [choice],
            "usage": usage_of(answer.finished.usage),
        }

    def event(self, said: Mapping[str, Any], reason: str | None = None) -> bytes:
        """Return one choice's piece of an answer as an event."""
        choice: dict[str, Any] = {"index": 0, "logprobs": None, "finish_reason": reason}
        choice |= {"delta": said} if self._is_chat else {"text": said.get("content", "")}
        return self._event([choice])

    def usage(self, usage: Usage) -> bytes:
        """Return what an answer cost as an event."""
        return self._event([], usage=usage_of(usage))

    def _event(self, choices: list[Any], **more: Any) -> bytes:
        kind = f"{self._object}.chunk" if self._is_chat else self._object
        return (
            b"data: "
            + as_json({"object": kind, **self._told, "choices": choices, **more})
            + b"\n\n"
        )


def usage_of(usage: Usage) -> Mapping[str, Any]:
    """Return what an answer cost."""
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
    }


async def _events(
    form: _Form,
    rest: AsyncGenerator[Delta, None],
    first: Delta,
    *,
    wants_usage: bool,
) -> AsyncGenerator[bytes, None]:
    calls = -1
    async with aclosing(rest):
        delta = first
        yield form.event({"role": "assistant", "content": ""})
        try:
            while True:
                match delta:
                    case TextDelta(text):
                        yield form.event({"content": text})
                    case ToolUseStarted(id=call_id, name=name):
                        calls += 1
                        yield form.event({"tool_calls": [_call(calls, call_id, name, "")]})
                    case ToolInputDelta(json):
                        yield form.event({"tool_calls": [_arguments(calls, json)]})
                    case Finished(reason=reason, usage=usage):
                        yield form.event({}, FINISH_REASONS[reason])
                        if wants_usage:
                            yield form.usage(usage)
                        yield LAST_EVENT
                        return
                delta = await anext(rest)
        except ChatError as error:
            yield b"data: " + as_json(invalid(str(error)).body) + b"\n\n"


def _call(index: int, call_id: str, name: str, arguments: str) -> Mapping[str, Any]:
    function = {"name": name, "arguments": arguments}
    return {"index": index, "id": call_id, "type": "function", "function": function}


def _arguments(index: int, json: str) -> Mapping[str, Any]:
    return {"index": index, "function": {"arguments": json}}
