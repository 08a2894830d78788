"""One worker of a replica: asks it over its socket, on connections that are kept."""

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from outcrop.jobs.serving.interface import Answer, BrokenAnswerError, NoAnswerError, Question, Seat

PING_SECONDS = 2.0
"""As SageMaker gives a container.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""
KEPT_SECONDS = 600.0
PIECE_BYTES = 1 << 16


class UnreachableError(Exception):
    """The worker does not take questions; this one was not asked."""


class Worker:
    """A connection to one worker."""

    def __init__(self, seat: Seat, number: int, sockets: int) -> None:
        """Prepare for asking a worker.

        Args:
            seat: Its replica.
            number: Which of the replica's workers.
            sockets: A descriptor of the folder of sockets: the path itself may be too long for one.
        """
        self.seat = seat
        self.number = number
        self.is_up = False
        """Whether it takes part in its fleet's line."""
        self.doubt = asyncio.Event()
        """Set by who could not reach it."""
        connector = aiohttp.UnixConnector(
            path=f"/proc/{os.getpid()}/fd/{sockets}/{number}.sock", keepalive_timeout=KEPT_SECONDS
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            base_url="http://localhost",
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),
            read_bufsize=PIECE_BYTES,
        )

    async def is_ready(self) -> bool:
        """Tell whether the worker answers a ping."""
        try:
            async with asyncio.timeout(PING_SECONDS), self._session.get("/ping") as response:
                return response.status == 200
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False

    @asynccontextmanager
    async def ask(
        self, question: Question, *, deadline: float, waited_seconds: float
    ) -> AsyncGenerator[Answer, None]:
        """Give the worker's answer, held as long as the context is.

        Args:
            question: What to ask.
            deadline: When the answer must have ended, on the event loop's clock.
            waited_seconds: What the answer is to say of the time before.

        Raises:
            UnreachableError: It was not asked at all.
            NoAnswerError: There is none in time.
            BrokenAnswerError: It went away before the head of its answer had come.
        """
        async with contextlib.AsyncExitStack() as held:
            try:
                async with asyncio.timeout_at(deadline):
                    response = await held.enter_async_context(
                        self._session.post(
                            question.path, data=question.body, headers=question.headers
                        )
                    )
            except (aiohttp.ClientConnectorError, FileNotFoundError) as error:
                raise UnreachableError(str(error)) from error
            except TimeoutError as error:
                raise NoAnswerError("The model did not answer in time.") from error
            except (aiohttp.ClientError, OSError) as error:
                raise BrokenAnswerError(f"{type(error).__name__}: {error}") from error
            yield Answer(
                status=response.status,
                headers={name.lower(): value for name, value in response.headers.items()},
                pieces=_pieces(response, deadline),
                replica=self.seat.name,
                waited_seconds=waited_seconds,
            )

    async def close(self) -> None:
        """Let go of the connections."""
        await self._session.close()


async def _pieces(response: aiohttp.ClientResponse, deadline: float) -> AsyncIterator[bytes]:
    try:
        while True:
            async with asyncio.timeout_at(deadline):
                piece = await response.content.readany()
            if not piece:
                return
            yield piece
    except TimeoutError as error:
        raise NoAnswerError("The model did not finish its answer in time.") from error
    except (aiohttp.ClientError, OSError) as error:
        raise BrokenAnswerError(f"{type(error).__name__}: {error}") from error
