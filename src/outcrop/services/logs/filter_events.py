"""FilterLogEvents: the events of a whole group, or of some streams, that match a pattern.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
"""

import heapq
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass

from outcrop.operations import Call, operation
from outcrop.operations.paging import from_token, to_token
from outcrop.operations.records import every
from outcrop.services.logs import shapes
from outcrop.services.logs.event_log import Event, Position, size_of
from outcrop.services.logs.get_events import END_OF_TIME, MOST_BYTES, MOST_EVENTS, Window
from outcrop.services.logs.metric_filters import matched, pattern_of
from outcrop.services.logs.places import (
    find_group,
    find_stream,
    invalid_token,
    milliseconds,
    named_group,
    streams,
)
from outcrop.services.logs.retention import expiry
from outcrop.services.logs.streams import event_log
from outcrop.storage.records.interface import Record


@dataclass(frozen=True, slots=True)
class Found:
    """An event and its stream."""

    event: Event
    stream: str
    stream_id: str

    @property
    def place(self) -> tuple[int, str, Position]:
        """Where it lies: events are ordered by time, then by stream."""
        return (self.event.timestamp, self.stream, self.event.position)

    @property
    def event_id(self) -> str:
        """56 digits that no other event has."""
        # 13 hexadecimal digits of the stream's id fit the 16 decimal places for them.
        return self.event.position.digits(int(self.stream_id[:13], 16))


@dataclass(frozen=True, slots=True)
class Resumption:
    """Where a search goes on: behind an event of a stream."""

    is_forward: bool
    stream: str = ""
    position: Position | None = None

    def token(self, last: Found) -> str:
        """Return the token that leads on from the last event shown."""
        direction = "f" if self.is_forward else "b"
        return to_token(f"{direction}/{last.event.position.digits()}/{last.stream}")

    @classmethod
    def of(cls, request: shapes.FilterLogEventsRequest) -> "Resumption":
        """Return where a request goes on; its token knows the direction.

        Raises:
            InvalidParameterException: The token is not one of ours.
        """
        place = from_token(request.get("nextToken"), error=invalid_token())
        if not place:
            return cls(request.get("startFromHead", True))
        try:
            direction, digits, stream = place.split("/", 2)
            return cls(direction == "f", stream, Position.of_digits(digits))
        except ValueError as error:
            raise invalid_token() from error

    def is_seen(self, found: Found) -> bool:
        """Tell whether an event was shown before."""
        if self.position is None:
            return False
        last = (self.position.timestamp, self.stream, self.position)
        return found.place <= last if self.is_forward else found.place >= last


@operation("FilterLogEvents")
async def filter_log_events(
    call: Call, request: shapes.FilterLogEventsRequest
) -> shapes.FilterLogEventsResponse:
    """Answer with matching events of all streams, in the order of their times."""
    pattern = pattern_of(request.get("filterPattern", ""))
    group = await find_group(call, named_group(request))
    expired_before = expiry(group, milliseconds(call.backends.now()))
    window = Window(
        start=max(request.get("startTime", 0), expired_before),
        stop=request.get("endTime", END_OF_TIME - 1) + 1,  # here, unlike elsewhere, included
        limit=request.get("limit", MOST_EVENTS),
    )
    resumption = Resumption.of(request)
    page: list[Found] = []
    size = 0
    answer: shapes.FilterLogEventsResponse = {"searchedLogStreams": []}
    async with AsyncExitStack() as stack:
        sources = [
            await stack.enter_async_context(aclosing(_search(call, stream, window, resumption)))
            for stream in await _chosen_streams(call, group, request)
            if _may_hold(stream, window)
        ]
        async for found in _merged(sources, is_forward=resumption.is_forward):
            if resumption.is_seen(found) or matched(pattern, found.event.message) is None:
                continue
            size += size_of(found.event.message)
            if len(page) == window.limit or (page and size > MOST_BYTES):
                answer["nextToken"] = resumption.token(page[-1])
                break
            page.append(found)
    answer["events"] = [_shown(found) for found in page]
    return answer


def _shown(found: Found) -> shapes.FilteredLogEvent:
    return {
        "logStreamName": found.stream,
        "timestamp": found.event.timestamp,
        "message": found.event.message,
        "ingestionTime": found.event.ingested_at,
        "eventId": found.event_id,
    }


async def _chosen_streams(
    call: Call, group: Record, request: shapes.FilterLogEventsRequest
) -> Sequence[Record]:
    """Return the streams that a request names, by name."""
    names, prefix = request.get("logStreamNames"), request.get("logStreamNamePrefix", "")
    if names and prefix:
        raise shapes.InvalidParameterException(
            "logStreamNames and logStreamNamePrefix are mutually exclusive parameters."
        )
    if names:
        return [await find_stream(call, group, name) for name in sorted(set(names))]
    place = streams(call, group)
    return [stream async for stream in every(call.backends.records, place, prefix=prefix)]


def _may_hold(stream: Record, window: Window) -> bool:
    document = stream.document
    return (
        document["sequence"] > 0
        and document["firstEvent"] < window.stop
        and document["lastEvent"] >= window.start
    )


async def _search(
    call: Call, stream: Record, window: Window, resumption: Resumption
) -> AsyncGenerator[Found]:
    """Give a stream's events in the window, from about the place of the resumption on."""
    log = event_log(call, stream)
    reached = resumption.position
    if resumption.is_forward:
        start = max(window.start, reached.timestamp if reached else 0)
        events = log.forward(Position(start))
    else:
        stop = min(window.stop, reached.timestamp + 1 if reached else END_OF_TIME)
        events = log.backward(Position(stop))
    async with aclosing(events):
        async for event in events:
            if not window.start <= event.timestamp < window.stop:
                return
            yield Found(event, stream.name, stream.document["id"])


async def _merged(
    sources: Sequence[AsyncGenerator[Found]], *, is_forward: bool
) -> AsyncGenerator[Found]:
    """Give what the sources give in one order; the sources are in the order of their streams."""
    sign = 1 if is_forward else -1
    heads: list[tuple[tuple[int, int], Found]] = []

    async def advance(number: int) -> None:
        found = await anext(sources[number], None)
        if found is not None:
            heapq.heappush(heads, ((sign * found.event.timestamp, sign * number), found))

    for number in range(len(sources)):
        await advance(number)
    while heads:
        (_, number), found = heapq.heappop(heads)
        yield found
        await advance(sign * number)
