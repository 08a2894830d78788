"""Tool inputs that are JSON whatever the upstream sends."""

import contextlib
from collections.abc import AsyncGenerator

from outcrop.engines.chat.interface import Delta, ToolInputDelta, ToolUseStarted


async def with_inputs(deltas: AsyncGenerator[Delta, None]) -> AsyncGenerator[Delta, None]:
    """Give every tool use an input: servers send nothing where a tool takes nothing."""
    lacks_input = False
    async with contextlib.aclosing(deltas):
        async for delta in deltas:
            if lacks_input and not isinstance(delta, ToolInputDelta):
                yield ToolInputDelta("{}")
            lacks_input = isinstance(delta, ToolUseStarted)
            yield delta
