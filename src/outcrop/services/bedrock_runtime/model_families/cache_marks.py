"""Prompts that mark what is to be cached, and what their answers then tell of the cache.

Every prompt's prefix is cached anyway; who marks none is told of all input tokens as one number.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
"""

from dataclasses import dataclass

from outcrop.engines.chat.interface import Prompt, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedPrompt(Prompt):
    """A prompt that marks what is to be cached, and so wants the cache told apart."""


def fresh_tokens(prompt: Prompt, usage: Usage) -> int:
    """Return the input tokens as an answer tells them: without the cached ones, if told apart."""
    if isinstance(prompt, MarkedPrompt):
        return usage.input_tokens - usage.cached_input_tokens
    return usage.input_tokens


def cache_figures(prompt: Prompt, usage: Usage, *, read: str, written: str) -> dict[str, int]:
    """Return the tokens found in the cache and those put there, under the names of a form.

    Writing costs nothing here and so is told as 0; nothing is told to who marks nothing.
    """
    if not isinstance(prompt, MarkedPrompt):
        return {}
    return {read: usage.cached_input_tokens, written: 0}
