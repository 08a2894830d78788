"""Where in a prompt the beginning ends that the caller marks to be cached."""

from collections.abc import Sequence
from dataclasses import replace

from outcrop.engines.chat.interface import Part, Prompt, Text, ToolResult, ToolUse

_ELSE = "0"


def with_other_words(prompt: Prompt, marked_parts: int) -> Prompt:
    """Return a prompt that is the same up to the mark and other words from there on.

    What a template makes of both is the same as far as what is marked reaches.

    Args:
        prompt: The caller's.
        marked_parts: How many parts, of all messages in turn, come before the mark.
    """
    messages = list(prompt.messages)
    left = marked_parts
    for index, message in enumerate(messages):
        parts: list[Part] = list(message.parts)
        if left < len(parts):
            parts[left] = _with_words(parts[left], before=_ELSE)
        elif message is messages[-1] and parts:
            # What a template writes behind it belongs to the answer.
            parts[-1] = _with_words(parts[-1], behind=_ELSE)
        else:
            left -= len(parts)
            continue
        messages[index] = replace(message, parts=parts)
        break
    return replace(prompt, messages=messages)


def shared_beginning(one: Sequence[int], other: Sequence[int]) -> int:
    """Return how many tokens two texts have in common from their beginning on."""
    pairs = zip(one, other, strict=False)
    return next((index for index, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _with_words(part: Part, *, before: str = "", behind: str = "") -> Part:
    match part:
        case Text(text):
            return Text(f"{before}{text}{behind}")
        case ToolResult(content=content):
            return replace(part, content=f"{before}{content}{behind}")
        case ToolUse(name=name):
            return replace(part, name=f"{before}{name}{behind}")
        case _:
            return part
