"""Rules in place of a model, for the tests of those who use Outcrop: the same words every time."""

import asyncio
import itertools
import json
import re
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import cast

from outcrop.engines.chat.interface import (
    ChatError,
    ContextOverflowError,
    Delta,
    Finished,
    GenerationFailedError,
    Image,
    InvalidPromptError,
    ModelUnavailableError,
    OverloadedError,
    Prompt,
    StopReason,
    Text,
    TextDelta,
    ToolInputDelta,
    ToolResult,
    ToolUseStarted,
    Usage,
)
from outcrop.engines.chat.script_templates import filled
from outcrop.engines.chat.settings import ScriptedErrorKind, ScriptedRule, ScriptedSettings

_ERRORS: Mapping[ScriptedErrorKind, Callable[[str], ChatError]] = {
    "overloaded": OverloadedError,
    "too_long": lambda message: ContextOverflowError(message=message),
    "unavailable": ModelUnavailableError,
    "invalid": InvalidPromptError,
    "failed": GenerationFailedError,
}
_WORDS = re.compile(r"\s*\S+|\s+$")
"""Words with the blanks before them: what this model counts as tokens."""


class ScriptedChatModel:
    """Follows the first rule that fits."""

    sees_images = True

    def __init__(self, settings: ScriptedSettings, *, name: str = "scripted") -> None:
        """Prepare the rules."""
        self.name = name
        self._rules = [_Rule(rule, re.compile(rule.user)) for rule in settings.rules]

    async def close(self) -> None:
        """Do nothing: a script holds nothing."""

    async def count_tokens(self, prompt: Prompt) -> int:
        """See `ChatModel.count_tokens`; words count as tokens."""
        parts = [part for message in prompt.messages for part in message.parts]
        said = [part.text for part in parts if isinstance(part, Text)]
        results = [part.content for part in parts if isinstance(part, ToolResult)]
        return sum(len(text.split()) for text in said + results)

    async def generate(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        """See `ChatModel.generate`."""
        rule, match = self._find(prompt)
        began = time.monotonic()
        await asyncio.sleep(rule.rule.delay_seconds)
        input_tokens = await self.count_tokens(prompt)
        text, reason, stop_sequence = _cut(rule.text(match), prompt)
        words = _WORDS.findall(text)
        for number, word in enumerate(words):
            if number and _is_late(prompt, began):
                words, reason, stop_sequence = words[:number], "max_tokens", None
                break
            await asyncio.sleep(rule.rule.word_delay_seconds if number else 0.0)
            yield TextDelta(word)
        if rule.rule.error is not None:
            raise _ERRORS[rule.rule.error](rule.rule.error_message)
        tool_input = ""
        if rule.rule.tool and reason == "end":
            tool_input, reason = rule.tool_input(match), "tool_use"
            yield ToolUseStarted(_call_id(prompt), rule.rule.tool)
            yield ToolInputDelta(tool_input)
        usage = Usage(input_tokens=input_tokens, output_tokens=len(words) + len(tool_input.split()))
        yield Finished(reason=reason, usage=usage, stop_sequence=stop_sequence)

    def _find(self, prompt: Prompt) -> "tuple[_Rule, re.Match[str]]":
        last = prompt.messages[-1].parts if prompt.messages else ()
        is_after_tool = any(isinstance(part, ToolResult) for part in last)
        said = _last_words(prompt)
        for rule in self._rules:
            if match := rule.fits(prompt.model_id, said, is_after_tool=is_after_tool):
                return rule, match
        where = f" for {prompt.model_id}" if prompt.model_id else ""
        raise InvalidPromptError(f"No rule of {self.name!r} fits{where}: {said[:200]!r}")


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule, ready to be tried."""

    rule: ScriptedRule
    pattern: re.Pattern[str]

    def fits(self, model_id: str, said: str, *, is_after_tool: bool) -> re.Match[str] | None:
        if not fnmatchcase(model_id, self.rule.model_id):
            return None
        if self.rule.after_tool not in (None, is_after_tool):
            return None
        return self.pattern.search(said)

    def text(self, match: re.Match[str]) -> str:
        return cast("str", filled(self.rule.text, match))

    def tool_input(self, match: re.Match[str]) -> str:
        return json.dumps(filled(dict(self.rule.tool_input), match), ensure_ascii=False)


def _cut(text: str, prompt: Prompt) -> tuple[str, StopReason, str | None]:
    """End a text as the sampling asks for: at a stop sequence, after so many words."""
    ends = [(text.index(stop), stop) for stop in prompt.sampling.stop_sequences if stop in text]
    end, stop_sequence = min(ends, default=(len(text), None))
    most = prompt.sampling.max_tokens
    words = list(itertools.islice(_WORDS.findall(text[:end]), most))
    shortened = "".join(words)
    if len(shortened) < end:
        return shortened, "max_tokens", None
    return text[:end], "stop_sequence" if stop_sequence is not None else "end", stop_sequence


def _is_late(prompt: Prompt, began: float) -> bool:
    most = prompt.sampling.max_seconds
    return most is not None and prompt.json_schema is None and time.monotonic() - began >= most


def _last_words(prompt: Prompt) -> str:
    """Return what the user said last; a tool's result alone is not the user's saying."""
    for message in reversed(prompt.messages):
        said = [part.text for part in message.parts if isinstance(part, Text)]
        if message.role == "user" and (said or any(isinstance(p, Image) for p in message.parts)):
            return "\n".join(said)
    return ""


def _call_id(prompt: Prompt) -> str:
    return f"scripted_{sum(message.role == 'assistant' for message in prompt.messages) + 1}"
