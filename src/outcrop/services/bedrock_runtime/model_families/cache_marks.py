"""What answers tell of the prefix cache to those whose prompts mark what is to be cached.

Every prompt's prefix is cached anyway; who marks none is told of all input tokens as one number.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
"""

from outcrop.engines.chat.interface import Prompt, Usage


def fresh_tokens(prompt: Prompt, usage: Usage) -> int:
    """Return the input tokens as an answer tells them: without the cache's, if told apart."""
    if prompt.marked_parts is None:
        return usage.input_tokens
    return usage.input_tokens - usage.cached_input_tokens - usage.written_input_tokens


def cache_figures(prompt: Prompt, usage: Usage, *, read: str, written: str) -> dict[str, int]:
    """Return the tokens found in the cache and those put there, under the names of a form.

    Nothing is told to who marks nothing.
    """
    if prompt.marked_parts is None:
        return {}
    return {read: usage.cached_input_tokens, written: usage.written_input_tokens}
