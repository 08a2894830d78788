"""The events of one stream: batches that are only ever added, read in the order of their times.

A batch is one record, named for the time of its first event. Batches may overlap in time, each by
no more than the stream's span, so a reader that looks back by the span has met all it needs.
"""

import heapq
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from outcrop.storage.records.interface import Create, Delete, Record, RecordStore, Scope

READ_AT_ONCE = 64
"""Batches; one may hold a megabyte."""
DELETE_AT_ONCE = 500
BYTES_BESIDE_MESSAGE = 26
"""What AWS counts for an event beyond its message."""

Key = tuple[int, int, int]


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """The place of an event in its stream: by time, then in the order of arrival."""

    timestamp: int
    """Milliseconds since 1970."""
    sequence: int = 0
    """Of the batch, from 1."""
    index: int = 0
    """In the batch, from 0."""

    @property
    def key(self) -> Key:
        """The position as a tuple, which compares faster."""
        return (self.timestamp, self.sequence, self.index)

    def digits(self, stream_number: int = 0) -> str:
        """Return the position in 56 digits, as AWS writes the ids of events."""
        return f"{self.timestamp:016d}{stream_number:016d}{self.sequence:016d}{self.index:08d}"

    @classmethod
    def of_digits(cls, digits: str) -> "Position":
        """Return the position that `digits` wrote.

        Raises:
            ValueError: These are not 56 digits.
        """
        if len(digits) != 56 or not digits.isdecimal():
            raise ValueError(digits)
        return cls(int(digits[:16]), int(digits[32:48]), int(digits[48:]))


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a log."""

    position: Position
    message: str
    ingested_at: int
    """Milliseconds since 1970."""

    @property
    def timestamp(self) -> int:
        """When it happened, as its sender says: milliseconds since 1970."""
        return self.position.timestamp


@dataclass(frozen=True, slots=True)
class EventLog:
    """The batches of one stream."""

    records: RecordStore
    scope: Scope
    span: int = 0
    """The longest time between two events of one batch, in milliseconds."""

    def batch(self, sequence: int, events: Sequence[tuple[int, str]], ingested_at: int) -> Create:
        """Return the write that adds events, which must be in the order of their times."""
        return Create(
            scope=self.scope,
            name=f"{events[0][0]:016d}{sequence:016d}",
            document={"ingested_at": ingested_at, "last": events[-1][0], "events": list(events)},
        )

    async def forward(self, start: Position) -> AsyncGenerator[Event]:
        """Give the events from a position on, itself included."""
        waiting: list[tuple[Key, Event]] = []
        earliest = max(0, start.timestamp - self.span)
        async for batch in self._batches(after=f"{earliest:016d}"):
            first = _first(batch).key
            while waiting and waiting[0][0] < first:
                yield heapq.heappop(waiting)[1]
            for event in _events(batch):
                key = event.position.key
                if key >= start.key:
                    heapq.heappush(waiting, (key, event))
        while waiting:
            yield heapq.heappop(waiting)[1]

    async def backward(self, end: Position) -> AsyncGenerator[Event]:
        """Give the events before a position, the latest first."""
        waiting: list[tuple[Key, Event]] = []
        async for batch in self._batches(after=f"{end.timestamp + 1:016d}", descending=True):
            latest_possible = _first(batch).timestamp + self.span
            while waiting and -waiting[0][0][0] > latest_possible:
                yield heapq.heappop(waiting)[1]
            for event in _events(batch):
                timestamp, sequence, index = key = event.position.key
                if key < end.key:
                    heapq.heappush(waiting, ((-timestamp, -sequence, -index), event))
        while waiting:
            yield heapq.heappop(waiting)[1]

    async def delete(self, *, before: int | None = None) -> int:
        """Delete all batches, or those wholly older than a time; return their bytes."""
        after = ""
        freed = 0
        while True:
            read = await self.records.list(self.scope, after=after, limit=DELETE_AT_ONCE)
            gone = [record for record in read if before is None or record.document["last"] < before]
            await self.records.write(
                *(Delete(scope=self.scope, name=each.name, must_exist=False) for each in gone)
            )
            freed += sum(
                size_of(message) for each in gone for _, message in each.document["events"]
            )
            beyond = before is not None and read and _first(read[-1]).timestamp >= before
            if len(read) < DELETE_AT_ONCE or beyond:
                return freed
            after = read[-1].name

    async def _batches(self, *, after: str, descending: bool = False) -> AsyncGenerator[Record]:
        step = 4
        while True:
            read = await self.records.list(
                self.scope, after=after, limit=step, descending=descending
            )
            for record in read:
                yield record
            if len(read) < step:
                return
            after = read[-1].name
            step = min(step * 2, READ_AT_ONCE)


def size_of(message: str) -> int:
    """Return how many bytes an event counts for."""
    return len(message.encode()) + BYTES_BESIDE_MESSAGE


def _first(batch: Record) -> Position:
    return Position(int(batch.name[:16]), int(batch.name[16:]))


def _events(batch: Record) -> list[Event]:
    sequence, ingested_at = int(batch.name[16:]), batch.document["ingested_at"]
    return [
        Event(Position(timestamp, sequence, index), message, ingested_at)
        for index, (timestamp, message) in enumerate(batch.document["events"])
    ]
