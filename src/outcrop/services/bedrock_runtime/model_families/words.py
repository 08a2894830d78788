"""A generation as words alone, for the native forms that know no tools."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from outcrop.engines.chat.interface import Finished, TextDelta
from outcrop.services.bedrock_runtime.generation import Generation


async def words(generation: Generation) -> AsyncGenerator[str | Finished, None]:
    """Give the text piece by piece, and at the end how it finished."""
    async with aclosing(generation.deltas()) as deltas:
        async for delta in deltas:
            if isinstance(delta, TextDelta):
                yield delta.text
            elif isinstance(delta, Finished):
                yield delta
