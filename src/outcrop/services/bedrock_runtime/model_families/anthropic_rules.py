"""What Claude insists on before it reads a conversation, in its own words.

Source: https://docs.claude.com/en/api/messages; the wording is what the API answered to users who
reported it (claude-code#18947, #8210 and #59812, obsidian-smart-composer#156, forgecode#892).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, cast

from outcrop.aws.errors import ServiceError
from outcrop.engines.chat.interface import Message, Prompt, Text, ToolResult, ToolUse
from outcrop.services.bedrock_runtime import shapes

MOST_MARKS = 4
"""How many blocks and tools of one request may be marked to be cached."""


def check_content(index: int, content: Any, *, may_be_empty: bool) -> None:
    """Insist on words in a turn: a text, or blocks.

    Raises:
        ServiceError: `ValidationException`: there are none.
    """
    blocks: list[Any] = [{"text": content}] if isinstance(content, str) else content
    if may_be_empty:
        return
    if not content:
        raise _refused(
            f"messages.{index}: all messages must have non-empty content except for the optional "
            "final assistant message"
        )
    for text in _texts(blocks):
        if not text:
            raise _refused("messages: text content blocks must be non-empty")
        if not text.strip():
            raise _refused("messages: text content blocks must contain non-whitespace text")


def check_prompt(prompt: Prompt, *, marks: int) -> None:
    """Insist on a prompt that Claude would read.

    Args:
        prompt: Its turns are those of the request.
        marks: How many blocks and tools are marked to be cached.

    Raises:
        ServiceError: `ValidationException`: turns or tools are out of order.
    """
    turns = [message for message in prompt.messages if message.role != "system"]
    if not turns:
        raise _refused("messages: at least one message is required")
    if turns[0].role != "user":
        raise _refused('messages: first message must use the "user" role')
    _check_pairs(turns)
    last = turns[-1].parts[-1] if turns[-1].role == "assistant" and turns[-1].parts else None
    if isinstance(last, Text) and last.text != last.text.rstrip():
        raise _refused("messages: final assistant content cannot end with trailing whitespace")
    if len({tool.name for tool in prompt.tools}) < len(prompt.tools):
        raise _refused("tools: Tool names must be unique.")
    if not all(stop.strip() for stop in prompt.sampling.stop_sequences):
        raise _refused("stop_sequences: each stop sequence must contain non-whitespace")
    if marks > MOST_MARKS:
        raise _refused(
            f"A maximum of {MOST_MARKS} blocks with cache_control may be provided. Found {marks}."
        )


@dataclass(slots=True)
class _Run:
    """Turns of one role after one another, which count as one."""

    uses: dict[str, int] = field(default_factory=dict[str, int])
    """Ids of tool uses, and the turns that hold them."""
    results: dict[str, str] = field(default_factory=dict[str, str])
    """Ids that results answer, and where they stand."""


def _check_pairs(turns: Sequence[Message]) -> None:
    before = _Run()
    for run in (*_runs(turns), _Run()):
        if missing := [use for use in before.uses if use not in run.results]:
            raise _refused(
                f"messages.{before.uses[missing[0]]}: `tool_use` ids were found without "
                f"`tool_result` blocks immediately after: {', '.join(missing)}. Each `tool_use` "
                "block must have a corresponding `tool_result` block in the next message."
            )
        for result, where in run.results.items():
            if result not in before.uses:
                raise _refused(
                    f"{where}: unexpected `tool_use_id` found in `tool_result` blocks: {result}. "
                    "Each `tool_result` block must have a corresponding `tool_use` block in the "
                    "previous message."
                )
        before = run


def _runs(turns: Sequence[Message]) -> Iterator[_Run]:
    for _, together in groupby(enumerate(turns), key=lambda numbered: numbered[1].role):
        run = _Run()
        for index, turn in together:
            for place, part in enumerate(turn.parts):
                if isinstance(part, ToolUse):
                    run.uses[part.id] = index
                elif isinstance(part, ToolResult):
                    run.results[part.tool_use_id] = f"messages.{index}.content.{place}"
        yield run


def _texts(blocks: Any) -> Iterator[str]:
    for block in cast("list[Any]", blocks):
        match block:
            case {"text": str(text)}:
                yield text
            case _:
                pass  # Blocks of other kinds are read elsewhere.


def _refused(problem: str) -> ServiceError:
    return shapes.ValidationException(problem)
