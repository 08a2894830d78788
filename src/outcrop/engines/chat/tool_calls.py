"""How tool calls look in the text of a model, and what a small model needs to make good ones.

Small models write a good *input* for a tool, but call one when none is needed, wrap the call in
whatever they like (a ```json fence, <tool_call> tags, bare JSON), and repeat it once they have its
result. So only the beginning of a call is taken from what they write; its name and input are
then generated under constraints.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from outcrop.engines.chat.interface import (
    Delta,
    Message,
    Prompt,
    Text,
    Tool,
    ToolInputDelta,
    ToolResult,
    ToolUse,
    ToolUseStarted,
)
from outcrop.engines.chat.json_schemas import closed

CALL_STOPS = ('"name": "', '"name":"', '"function": "', '"tool": "', "<function=")
"""The last of what every form of a call has before the tool's name."""

_REMINDER = "\nAnswer me in whole sentences, in the language of my question, with this result."
"""Small models pay most heed to what stands last."""
_OPENED = re.compile(
    r"""(?:```(?:json|tool_call|tool_code|xml)?\s*)?  # a fence
        (?:<tool_calls?>\s*)?                         # Hermes, Qwen
        (?:\[TOOL_CALLS\]\s*)?                        # Mistral
        (?:[\s\[{,:]|"(?:type|function|tool_calls?|id|index|call_\w*)")*  # OpenAI's nesting
    """,
    re.VERBOSE,
)
_OPENING = re.compile(r'(?:`{1,3}\w*|<[\w|]*|\[[A-Z_]*|"\w*)?')
"""What may grow into the next part of `_OPENED`."""


class CallWatch:
    """Parts the words of an answer from the beginning of a tool call in it."""

    def __init__(self) -> None:
        self._held = ""
        self._is_at_line_start = True

    def feed(self, text: str) -> str:
        """Take the next text and return what is certainly words; the rest is held back."""
        pending = self._held + text
        words = ""
        while pending:
            if self._is_at_line_start and _may_open(pending):
                break
            line, newline, rest = pending.partition("\n")
            if not newline and not self._is_at_line_start:
                words, pending = words + pending, ""
            elif not newline:
                words, pending, self._is_at_line_start = words + pending, "", False
            else:
                words, pending, self._is_at_line_start = words + line + newline, rest, True
        self._held = pending
        return words

    def holds_call(self) -> bool:
        """Whether a text that ended with one of `CALL_STOPS` ended in a tool call."""
        return self._is_at_line_start and _OPENED.fullmatch(self._held) is not None

    def release(self) -> str:
        """Return what was held back: it was words after all."""
        held, self._held, self._is_at_line_start = self._held, "", False
        return held


def _may_open(text: str) -> bool:
    opened = _OPENED.match(text)
    end = opened.end() if opened else 0
    return any(_OPENING.fullmatch(text, start) for start in (0, end))


def offered(prompt: Prompt) -> list[Tool]:
    """Return the tools that the tool choice allows."""
    choice = prompt.tool_choice
    if choice.kind == "tool":
        return [tool for tool in prompt.tools if tool.name == choice.name]
    return [] if choice.kind == "none" else list(prompt.tools)


def begins_call(token: str) -> bool:
    """Whether an answer that begins with this token may be a tool call."""
    return token.strip().startswith(("{", "`", "<", "["))


def answer_tool(tools: Sequence[Tool]) -> Tool:
    """Return the tool that stands for calling none.

    Offered one, small models call it where they would else call a tool that does not fit.
    """
    taken = {tool.name for tool in tools}
    name = next(name for name in _answer_names() if name not in taken)
    return Tool(
        name,
        "Answer the user directly in your own words. Use this for greetings, thanks, "
        "general knowledge, explanations, writing and translation.",
        {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
    )


def _answer_names() -> Iterator[str]:
    yield "answer"
    yield from (f"answer_{number}" for number in range(1, 1000))


def names_grammar(tools: Sequence[Tool]) -> str:
    """Return the grammar of a tool's name and the quote behind it, in GBNF."""
    return "root ::= " + " | ".join(json.dumps(f'{tool.name}"') for tool in tools)


def input_schema(tool: Tool) -> dict[str, Any]:
    """Return the JSON schema that a tool's input is held to."""
    return closed({"type": "object", **tool.input_schema})


def is_repeated(deltas: Sequence[Delta], messages: Sequence[Message]) -> bool:
    """Whether this call says nothing new since the user last said something.

    It was made, and its result given; or it hands a tool nothing but its own last result.
    """
    name = next(delta.name for delta in deltas if isinstance(delta, ToolUseStarted))
    text = "".join(delta.json for delta in deltas if isinstance(delta, ToolInputDelta))
    try:
        called = (name, json.loads(text))
    except json.JSONDecodeError:  # The tokens did not suffice.
        return False
    return any(
        called in ((made.name, dict(made.input)), (made.name, _fed_with(made, messages)))
        for made in _latest_calls(messages)
    )


def _fed_with(made: ToolUse, messages: Sequence[Message]) -> dict[str, Any] | None:
    """Return the call's input with its own result in place of every value."""
    for message in messages:
        for part in message.parts:
            if isinstance(part, ToolResult) and part.tool_use_id == made.id:
                return dict.fromkeys(made.input, part.content)
    return None


def has_results(messages: Sequence[Message]) -> bool:
    """Whether tools were called since the user last said something."""
    return any(True for _ in _latest_calls(messages))


def _latest_calls(messages: Sequence[Message]) -> Iterator[ToolUse]:
    for message in reversed(messages):
        if message.role == "user" and any(isinstance(part, Text) for part in message.parts):
            return
        yield from (part for part in message.parts if isinstance(part, ToolUse))


def retold(messages: Sequence[Message]) -> list[Message]:
    """Return the conversation with calls and their results told in words.

    A model that is shown calls calls again; one that is told what came of them, and reminded of
    the question, answers.
    """
    calls = {
        part.id: f"{part.name}({json.dumps(dict(part.input), ensure_ascii=False)})"
        for message in messages
        for part in message.parts
        if isinstance(part, ToolUse)
    }
    told = [Message(m.role, _retold_parts(m, calls)) for m in messages]
    ends_with_result = bool(messages) and _is_result(messages[-1])
    reminder = [Message("user", [Text(_REMINDER)])] if ends_with_result else []
    return _merged([message for message in told if message.parts] + reminder)


def _is_result(message: Message) -> bool:
    return all(isinstance(part, ToolResult) for part in message.parts)


def _retold_parts(message: Message, calls: Mapping[str, str]) -> list[Any]:
    parts: list[Any] = []
    for part in message.parts:
        if isinstance(part, ToolResult):
            call = calls.get(part.tool_use_id, "The tool")
            verb = "failed" if part.is_error else "returned"
            parts.append(Text(f"{call} {verb}:\n{part.content}"))
        elif not isinstance(part, ToolUse):
            parts.append(part)
    return parts


def _merged(messages: Sequence[Message]) -> list[Message]:
    """Join neighbours of the same role: templates want the roles to alternate."""
    merged: list[Message] = []
    for message in messages:
        if merged and merged[-1].role == message.role:
            merged[-1] = Message(message.role, [*merged[-1].parts, *message.parts])
        else:
            merged.append(message)
    return merged
