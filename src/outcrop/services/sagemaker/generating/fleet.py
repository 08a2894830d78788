"""A container whose model an engine of the server runs: it is asked as replicas of programs are.

There is no program to start, to watch or to find again: the engine has workers of its own, in
which a model is loaded once for all who ask it, within one budget of memory.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass

from outcrop.engines.chat.interface import ChatError, OverloadedError
from outcrop.engines.embeddings.interface import EmbeddingError
from outcrop.jobs.serving import (
    Answer,
    FleetFailedError,
    NoAnswerError,
    Question,
    TooManyWaitingError,
)
from outcrop.services.sagemaker.generating.messages import RefusalError, Respond, Response, refused

INVOCATIONS = "/invocations"
"""Where alone a model is asked: of other questions it knows nothing."""
AT_ONCE = 128
"""Requests to an instance, if `MAX_CONCURRENT_REQUESTS` says nothing; TGI's own default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A container's model, and how it is spoken to."""

    respond: Respond
    load: Callable[[], Awaitable[object]]
    """Has the model ready for a first request; raises what its engine raises."""
    at_once: int = AT_ONCE
    """Requests that an instance takes at a time; more are refused."""


class EngineFleet:
    """The instances of a container. Belongs to one event loop."""

    def __init__(
        self,
        speaker: Speaker,
        *,
        name: str,
        start_seconds: float,
        say: Callable[[str], Awaitable[None]],
    ) -> None:
        """Prepare to answer; nothing is loaded yet.

        Args:
            speaker: Who answers.
            name: What answers tell of who has answered.
            start_seconds: How long loading may take.
            say: Writes a line into the endpoint's log.
        """
        self._speaker = speaker
        self._name = name
        self._start_seconds = start_seconds
        self._say = say
        self._size = 0
        self._busy = 0
        self._is_idle = asyncio.Event()
        self._is_idle.set()

    @property
    def size(self) -> int:
        """See `Answerer.size`."""
        return self._size

    @property
    def under_way(self) -> int:
        """See `Answerer.under_way`."""
        return self._busy

    async def scale(
        self, count: int, *, drain_seconds: float = 0.0, gives_up: bool = False
    ) -> None:
        """See `Answerer.scale`: instances are places for requests, no programs."""
        del drain_seconds, gives_up
        self._size = count

    async def be_ready(self) -> None:
        """See `Answerer.be_ready`."""
        try:
            async with asyncio.timeout(self._start_seconds):
                await self._speaker.load()
        except TimeoutError as error:
            raise FleetFailedError(
                f"It was not loaded within {self._start_seconds:g} seconds."
            ) from error
        except (ChatError, EmbeddingError) as error:
            await self._say(str(error))
            raise FleetFailedError(str(error)) from error
        await self._say("Ready.")

    @asynccontextmanager
    async def ask(self, question: Question, *, seconds: float) -> AsyncGenerator[Answer, None]:
        """See `Answerer.ask`."""
        most = self._speaker.at_once * max(1, self._size)
        if self._busy >= most:
            raise TooManyWaitingError(f"{most} requests are answered at a time, and no more wait.")
        deadline = asyncio.get_running_loop().time() + seconds
        self._busy += 1
        self._is_idle.clear()
        try:
            async with self._answer(question, deadline) as answer:
                yield answer
        finally:
            self._busy -= 1
            if not self._busy:
                self._is_idle.set()

    @asynccontextmanager
    async def _answer(self, question: Question, deadline: float) -> AsyncGenerator[Answer, None]:
        try:
            async with asyncio.timeout_at(deadline):
                response = await self._response(question)
        except TimeoutError as error:
            raise NoAnswerError("The model did not answer in time.") from error
        except OverloadedError as error:
            raise TooManyWaitingError(str(error)) from error
        async with aclosing(response.pieces):
            yield Answer(
                status=response.status,
                headers={"content-type": response.content_type, **response.headers},
                pieces=_until(deadline, response.pieces),
                replica=self._name,
                waited_seconds=0.0,
            )

    async def _response(self, question: Question) -> Response:
        if question.path != INVOCATIONS:
            return refused(RefusalError(404, "Not found\n"))
        try:
            return await self._speaker.respond(question.body)
        except RefusalError as error:
            return refused(error)

    async def end(self, *, drain_seconds: float) -> None:
        """See `Answerer.end`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(drain_seconds):
                await self._is_idle.wait()
        self._size = 0

    async def abandon(self) -> None:
        """See `Answerer.abandon`."""


async def _until(deadline: float, pieces: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    while True:
        try:
            async with asyncio.timeout_at(deadline):
                piece = await anext(pieces)
        except TimeoutError as error:
            raise NoAnswerError("The model did not finish its answer in time.") from error
        except StopAsyncIteration:
            return
        yield piece
