"""What fleets are told, what they are asked, and what they answer."""

import hashlib
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from outcrop.jobs.interface import Program

SOCKETS = "sockets"
"""The folder of a replica's sockets, below the replica's own; worker 0 listens on `0.sock`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """The place of one replica in its fleet."""

    number: int
    """From 0 on."""
    folder: Path
    """Its own files, which last as long as the fleet."""

    @property
    def name(self) -> str:
        """What tells it from all replicas of all fleets: 17 hexadecimal digits."""
        return hashlib.sha256(f"{self.folder.parent.name}/{self.number}".encode()).hexdigest()[:17]

    @property
    def sockets(self) -> Path:
        """Where its workers listen."""
        return self.folder / SOCKETS


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What the replicas of a fleet run."""

    program: Callable[[Seat], Program]
    """Returns the program of a replica; asked whenever one is started."""
    follow: Callable[[Seat, str], Coroutine[Any, Any, None]]
    """Takes what a run, by its id, prints until it is over; begun again after a restart."""
    workers: int
    """Of each replica; a worker answers one question at a time."""
    ping: str = "/ping"
    """The path under which a worker that is ready answers 200."""
    start_seconds: float = 600.0
    """A replica that takes longer to be ready for the first time is a failure."""
    waiting: int = 100
    """Questions that wait for each worker; more are refused."""
    at_once: int | None = None
    """Questions that are asked or wait; more are refused. `None`: `waiting` alone counts."""
    idle_seconds: float | None = None
    """A fleet that nobody has asked for so long ends its replicas, and starts one when it is asked
    again. `None`: it keeps them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A request to a worker."""

    path: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    method: str = "POST"
    """Not HEAD: nothing in its answer tells that it has no body."""


@dataclass(slots=True, kw_only=True)
class Answer:
    """A worker's response, whose body is to be read while it is held."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    pieces: AsyncIterator[bytes]
    """Raises `BrokenAnswerError` or `NoAnswerError`, as the answer itself does."""
    replica: str
    """The name of who answers."""
    waited_seconds: float
    """For a worker."""

    async def read(self) -> bytes:
        """Return the whole body."""
        return b"".join([piece async for piece in self.pieces])


class Answerer(Protocol):
    """Who answers questions under an id: the replicas of a program, or an engine of the server."""

    @property
    def size(self) -> int:
        """How many replicas there are."""
        ...

    @property
    def under_way(self) -> int:
        """How many questions are asked or wait."""
        ...

    async def scale(
        self, count: int, *, drain_seconds: float = 0.0, gives_up: bool = False
    ) -> None:
        """Have so many replicas.

        Those that are started need not be ready yet; who is asked may finish, for some time.

        Args:
            count: How many.
            drain_seconds: How long.
            gives_up: One that is started and ends before it is ready is not started again.
        """
        ...

    async def be_ready(self) -> None:
        """Wait until all replicas have been ready.

        Raises:
            FleetFailedError: One cannot be.
        """
        ...

    def ask(self, question: Question, *, seconds: float) -> AbstractAsyncContextManager[Answer]:
        """Give the answer of a worker, which is held as long as the context is.

        Args:
            question: What to ask.
            seconds: How long it may take in all.

        Raises:
            TooManyWaitingError: The line is full.
            NoAnswerError: There is none in time.
            BrokenAnswerError: The worker went away meanwhile.
        """
        ...

    async def end(self, *, drain_seconds: float) -> None:
        """Wait until nobody is asked or waits any more, but not for ever, and end all replicas."""
        ...

    async def abandon(self) -> None:
        """Watch no replica any more; their programs go on."""
        ...


class FleetFailedError(Exception):
    """A fleet did not get ready; the message says why, in the last words of its program."""


class TooManyWaitingError(Exception):
    """So many questions wait already that another one is refused."""


class NoAnswerError(Exception):
    """The time for an answer is over."""


class BrokenAnswerError(Exception):
    """The worker went away while it was asked."""
