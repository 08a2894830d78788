"""A generation as a response, and as the events in which a response comes into being.

Source: OpenAI API reference, "The response object" and "Streaming events"
"""

import secrets
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from outcrop.engines.chat.interface import (
    Finished,
    TextDelta,
    ToolInputDelta,
    ToolUseStarted,
)
from outcrop.services.bedrock_runtime.generation import Generation, Reply, ToolCall

Json = dict[str, Any]


@dataclass(slots=True)
class Response:
    """One response as it comes into being."""

    model_id: str
    repeated: Mapping[str, Any]
    id: str = field(default_factory=lambda: f"resp_{secrets.token_hex(24)}")
    created_at: int = field(default_factory=lambda: int(time.time()))
    output: list[Json] = field(default_factory=list[Json])

    def told(self, finished: Finished | None = None, *, error: Json | None = None) -> Json:
        """Return the response object, as it stands."""
        status, details = "in_progress", None
        if error is not None:
            status = "failed"
        elif finished is not None:
            status = "completed"
            if finished.reason in INCOMPLETE:
                status, details = "incomplete", {"reason": INCOMPLETE[finished.reason]}
        return {
            "id": self.id,
            "object": "response",
            "created_at": self.created_at,
            "status": status,
            "background": False,
            "error": error,
            "incomplete_details": details,
            "model": self.model_id,
            "output": list(self.output),
            **self.repeated,
            "usage": None if finished is None else _usage(finished),
        }


INCOMPLETE = {"max_tokens": "max_output_tokens", "content_filter": "content_filter"}
"""Reasons for which an answer is no whole one."""


def whole(response: Response, reply: Reply, finished: Finished) -> Json:
    """Return a response whose generation has ended."""
    for part in reply.parts:
        if isinstance(part, ToolCall):
            response.output.append(_call_item(part, "completed"))
        else:
            response.output.append(_message_item([_text_part(part)], "completed"))
    return response.told(finished)


async def events(response: Response, generation: Generation) -> AsyncGenerator[Json, None]:
    """Give the events of a response, numbered."""
    number = 0
    async with aclosing(_events(response, generation)) as told:
        async for event in told:
            yield {**event, "sequence_number": number}
            number += 1


async def _events(response: Response, generation: Generation) -> AsyncGenerator[Json, None]:
    yield {"type": "response.created", "response": response.told()}
    yield {"type": "response.in_progress", "response": response.told()}
    items = _Items(response.output)
    async with aclosing(generation.deltas()) as deltas:
        async for delta in deltas:
            match delta:
                case TextDelta(text):
                    told = items.text(text)
                case ToolUseStarted(id=call_id, name=name):
                    told = items.call(ToolCall(call_id, name))
                case ToolInputDelta(json):
                    told = items.arguments(json)
                case Finished():
                    response_told = [*items.close()]
                    whole_response = response.told(delta)
                    kind = f"response.{whole_response['status']}"
                    told = [*response_told, {"type": kind, "response": whole_response}]
            for event in told:
                yield event


class _Items:
    """The output items of a streamed response; the last one is open."""

    def __init__(self, output: list[Json]) -> None:
        self._output = output
        self._open: Json | None = None
        self._said = ""

    def text(self, text: str) -> Sequence[Json]:
        """Tell the next words, in a message that is begun if none is open."""
        begun: Sequence[Json] = ()
        if self._open is None or self._open["type"] != "message":
            added = self._begin(_message_item([], "in_progress"))
            part: Json = {"content_index": 0, "part": _text_part("")}
            begun = [*added, {"type": "response.content_part.added", **self._here(), **part}]
        self._said += text
        delta: Json = {"content_index": 0, "delta": text, "logprobs": []}
        return [*begun, {"type": "response.output_text.delta", **self._here(), **delta}]

    def call(self, call: ToolCall) -> Sequence[Json]:
        """Tell that a call begins."""
        return self._begin(_call_item(call, "in_progress"))

    def arguments(self, json: str) -> Sequence[Json]:
        """Tell a piece of the open call's arguments."""
        self._said += json
        kind = "response.function_call_arguments.delta"
        return [{"type": kind, **self._here(), "delta": json}]

    def close(self) -> Sequence[Json]:
        """Tell that the open item is whole."""
        item = self._open
        if item is None:
            return []
        here = self._here()
        if item["type"] == "message":
            item |= {"status": "completed", "content": [_text_part(self._said)]}
            told = self._end_of_text(here)
        else:
            item |= {"status": "completed", "arguments": self._said or "{}"}
            kind = "response.function_call_arguments.done"
            done = {"arguments": item["arguments"], "name": item["name"]}
            told = [{"type": kind, **here, **done}]
        index = here["output_index"]
        self._open, self._said = None, ""
        done = {"output_index": index, "item": dict(item)}
        return [*told, {"type": "response.output_item.done", **done}]

    def _end_of_text(self, here: Json) -> list[Json]:
        at = {**here, "content_index": 0}
        text: Json = {"text": self._said, "logprobs": []}
        return [
            {"type": "response.output_text.done", **at, **text},
            {"type": "response.content_part.done", **at, "part": _text_part(self._said)},
        ]

    def _begin(self, item: Json) -> list[Json]:
        ended = self.close()
        self._open = item
        self._output.append(item)
        added = {"output_index": len(self._output) - 1, "item": dict(item)}
        return [*ended, {"type": "response.output_item.added", **added}]

    def _here(self) -> Json:
        item: Any = self._open
        return {"item_id": item["id"], "output_index": len(self._output) - 1}


def _message_item(content: list[Json], status: str) -> Json:
    return {
        "id": f"msg_{secrets.token_hex(24)}",
        "type": "message",
        "role": "assistant",
        "status": status,
        "content": content,
    }


def _text_part(text: str) -> Json:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _call_item(call: ToolCall, status: str) -> Json:
    return {
        "id": f"fc_{secrets.token_hex(24)}",
        "type": "function_call",
        "call_id": call.id,
        "name": call.name,
        "arguments": call.json or ("{}" if status == "completed" else ""),
        "status": status,
    }


def _usage(finished: Finished) -> Json:
    spent = finished.usage
    return {
        "input_tokens": spent.input_tokens,
        "input_tokens_details": {"cached_tokens": spent.cached_input_tokens},
        "output_tokens": spent.output_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": spent.input_tokens + spent.output_tokens,
    }
