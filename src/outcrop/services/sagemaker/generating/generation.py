"""One generation for a container: words and tokens as they come, then how it ended."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from outcrop.engines.chat.interface import (
    ChatModel,
    Finished,
    Prompt,
    TextDelta,
    Token,
    ToolInputDelta,
    ToolUseStarted,
)

FINISH_REASONS = {
    "end": "eos_token",
    "max_tokens": "length",
    "stop_sequence": "stop_sequence",
    "tool_use": "eos_token",
    "content_filter": "eos_token",
}
"""As TGI and LMI call them."""


@dataclass(slots=True)
class ToolCall:
    """A call of a tool as it is being written."""

    id: str
    name: str
    arguments: str = ""


@dataclass(slots=True)
class Generated:
    """All of an answer."""

    finished: Finished
    text: str = ""
    tokens: list[Token] = field(default_factory=list[Token])
    calls: list[ToolCall] = field(default_factory=list[ToolCall])

    @property
    def finish_reason(self) -> str:
        """How it ended, in the words of TGI and LMI."""
        return FINISH_REASONS[self.finished.reason]


async def steps(
    model: ChatModel, prompt: Prompt, *, keeps_stops: bool = False
) -> AsyncGenerator[Token | Finished, None]:
    """Give the tokens of an answer as they come, then how it ended.

    Words whose tokens a model does not tell come as tokens without a number.

    Args:
        model: Who answers.
        prompt: What is asked.
        keeps_stops: Whether a stop sequence is a part of the answer that it ends.
    """
    async with aclosing(model.generate(prompt)) as deltas:
        async for delta in deltas:
            match delta:
                case TextDelta(text, tokens):
                    for token in tokens or (Token(None, text, None),):
                        yield token
                case Finished(stop_sequence=stop):
                    if keeps_stops and stop:
                        yield Token(None, stop, None)
                    yield delta
                case _:
                    pass


async def generated(model: ChatModel, prompt: Prompt, *, keeps_stops: bool = False) -> Generated:
    """Wait for all of an answer."""
    text: list[str] = []
    tokens: list[Token] = []
    calls: list[ToolCall] = []
    async with aclosing(model.generate(prompt)) as deltas:
        async for delta in deltas:
            match delta:
                case TextDelta():
                    text.append(delta.text)
                    tokens.extend(delta.tokens or (Token(None, delta.text, None),))
                case ToolUseStarted(id=call_id, name=name):
                    calls.append(ToolCall(call_id, name))
                case ToolInputDelta(json):
                    calls[-1].arguments += json
                case Finished():
                    if keeps_stops and delta.stop_sequence:
                        text.append(delta.stop_sequence)
                        tokens.append(Token(None, delta.stop_sequence, None))
                    return Generated(delta, "".join(text), tokens, calls)
    raise AssertionError("Every generation ends with `Finished`.")


def joined(tokens: Sequence[Token]) -> str:
    """Return the words that tokens make."""
    return "".join(token.text for token in tokens)
