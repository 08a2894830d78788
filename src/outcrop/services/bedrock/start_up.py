"""What Bedrock does when the server starts: go on with its jobs, deliver what its log waits for."""

from outcrop.operations import Backends, invocation_log
from outcrop.services.bedrock.batch import run


async def resume(backends: Backends) -> None:
    """Take up all work that an earlier run left."""
    await invocation_log.resume(backends)
    await run.resume(backends)
