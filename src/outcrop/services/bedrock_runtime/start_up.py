"""What Bedrock Runtime does when the server starts."""

from outcrop.operations import Backends
from outcrop.services.bedrock_runtime import async_invoke_runs
from outcrop.services.bedrock_runtime.responses_api import stored


async def resume(backends: Backends) -> None:
    """Run again what was cut off; forget the responses that are past their time."""
    await async_invoke_runs.resume(backends)
    await stored.forget_old_ones(backends)
