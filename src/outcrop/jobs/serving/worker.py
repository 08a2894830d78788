"""One worker of a replica: asks it on connections that are kept."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from outcrop.engines.workers.connection import Connection, ConnectionBrokenError, Place
from outcrop.jobs.serving.interface import Answer, BrokenAnswerError, NoAnswerError, Question, Seat

PING_SECONDS = 2.0
"""As SageMaker gives a container.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""


class UnreachableError(Exception):
    """The worker does not take questions; this one was not asked."""


class Worker:
    """A connection to one worker."""

    def __init__(
        self, seat: Seat, number: int, place: Place, *, ping: str, doubt: asyncio.Event
    ) -> None:
        """Prepare for asking a worker.

        Args:
            seat: Its replica.
            number: Which of the replica's workers.
            place: Where it listens.
            ping: The path to ask whether it is ready.
            doubt: Set by who could not reach it; workers in one place share it.
        """
        self.seat = seat
        self.number = number
        self.is_up = False
        """Whether it takes part in its fleet's line."""
        self.doubt = doubt
        self._place = place
        self._ping = ping
        self._idle: list[Connection] = []
        self._is_closed = False

    async def is_ready(self) -> bool:
        """Tell whether the worker answers a ping."""
        try:
            async with asyncio.timeout(PING_SECONDS):
                # Never on a connection that is kept: a worker may leave those to whoever predicts.
                connection = await Connection.open(self._place)
                try:
                    await connection.request("GET", self._ping, {})
                    return connection.status == 200
                finally:
                    connection.close()
        except (ConnectionBrokenError, OSError, TimeoutError):
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
        connection = await self._connection(deadline)
        try:
            try:
                async with asyncio.timeout_at(deadline):
                    await connection.request(
                        question.method, question.path, question.headers, question.body
                    )
            except TimeoutError as error:
                raise NoAnswerError("The model did not answer in time.") from error
            except ConnectionBrokenError as error:
                raise BrokenAnswerError(str(error)) from error
            yield Answer(
                status=connection.status,
                headers=connection.headers,
                pieces=_pieces(connection, deadline),
                replica=self.seat.name,
                waited_seconds=waited_seconds,
            )
        finally:
            if connection.is_over and connection.is_open and not self._is_closed:
                self._idle.append(connection)
            else:
                connection.close()

    async def close(self) -> None:
        """Let go of the connections."""
        self._is_closed = True
        for connection in self._idle:
            connection.close()
        self._idle.clear()

    async def _connection(self, deadline: float) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                return connection
        try:
            async with asyncio.timeout_at(deadline):
                return await Connection.open(self._place)
        except TimeoutError as error:
            raise NoAnswerError("The model did not answer in time.") from error
        except OSError as error:
            raise UnreachableError(str(error)) from error


async def _pieces(connection: Connection, deadline: float) -> AsyncIterator[bytes]:
    try:
        while True:
            if connection.is_over:  # What is left is there: nobody need watch the time.
                piece = await connection.piece()
            else:
                async with asyncio.timeout_at(deadline):
                    piece = await connection.piece()
            if not piece:
                return
            yield piece
    except TimeoutError as error:
        raise NoAnswerError("The model did not finish its answer in time.") from error
    except ConnectionBrokenError as error:
        raise BrokenAnswerError(str(error)) from error
