"""What Bedrock's invocation log is told of one request: its answer, or the error in its place.

An answer whose client went away before its end is not logged.
"""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from outcrop.aws.errors import ServiceError
from outcrop.engines.chat.interface import Usage
from outcrop.operations import Call
from outcrop.operations.invocation_log import Invocation, log_invocation
from outcrop.services.bedrock_runtime.generation import UNATTENDED, Generation

Event = TypeVar("Event")


@dataclass(slots=True, kw_only=True)
class InvocationNotes:
    """One request, as the log will tell it."""

    call: Call
    model_id: str
    """As the request names it."""
    input: Any
    data: Literal["text", "embedding"] = "text"
    request_metadata: Mapping[str, str] = field(default_factory=dict[str, str])
    tells_cache: bool = False
    """Whether the answer tells the tokens of the cache apart, and so the log does."""

    @asynccontextmanager
    async def watching(self) -> AsyncGenerator[None]:
        """Log a failure of what is done meanwhile."""
        try:
            yield
        except ServiceError as error:
            await self._log(error_code=error.code)
            raise

    async def answered(self, output: Any, usage: Usage | None = None, *, tokens: int = 0) -> None:
        """Log an answer.

        Args:
            output: Its body.
            usage: What it cost; for embeddings there is none.
            tokens: What reading cost where nothing was written.
        """
        if usage is None:
            await self._log(output=output, input_tokens=tokens)
            return
        read = usage.cached_input_tokens if self.tells_cache else 0
        written = usage.written_input_tokens if self.tells_cache else 0
        await self._log(
            output=output,
            input_tokens=usage.input_tokens - read - written,
            output_tokens=usage.output_tokens,
            cache_read_tokens=read,
            cache_write_tokens=written,
        )

    async def streamed(
        self,
        events: AsyncGenerator[Event, None],
        generation: Generation,
        as_logged: Callable[[Event], Any],
    ) -> AsyncGenerator[Event, None]:
        """Give events as they come, and log them before their stream ends.

        Args:
            events: The answer.
            generation: What it tells of.
            as_logged: Returns an event as the log tells it.
        """
        seen: list[Any] = []
        async with self.watching(), aclosing(events):
            async for event in events:
                seen.append(as_logged(event))
                yield event
            if generation.finished is not None:
                await self.answered(seen, generation.finished.usage)

    async def _log(self, **told: Any) -> None:
        if self.call.asked_by in UNATTENDED:
            return  # AWS logs requests to its runtime only.
        await log_invocation(
            self.call,
            Invocation(
                operation=self.call.operation,
                model_id=self.model_id,
                input=self.input,
                data=self.data,
                request_metadata=self.request_metadata,
                **told,
            ),
        )
