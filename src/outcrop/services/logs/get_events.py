"""GetLogEvents: the events of one stream, page by page in either direction.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
"""

from contextlib import aclosing
from dataclasses import dataclass, replace

from outcrop.operations import Call, operation
from outcrop.services.logs import shapes
from outcrop.services.logs.event_log import Event, EventLog, Position, size_of
from outcrop.services.logs.places import (
    find_group,
    find_stream,
    invalid_token,
    milliseconds,
    named_group,
)
from outcrop.services.logs.retention import expiry
from outcrop.services.logs.streams import event_log

MOST_EVENTS = 10_000
MOST_BYTES = 1_048_576
END_OF_TIME = 10**16 - 1
"""In milliseconds; no position lies beyond it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which events a caller wants to see."""

    start: int
    """Milliseconds, included."""
    stop: int
    """Milliseconds, excluded."""
    limit: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins and which way it goes.

    `f/<digits>` stands for the events from a position on, `b/<digits>` for those before it.
    """

    position: Position
    is_forward: bool

    @classmethod
    def of_token(cls, token: str) -> "Cursor":
        """Return the cursor of a token.

        Raises:
            InvalidParameterException: The token is not one of ours.
        """
        direction, _, digits = token.partition("/")
        try:
            position = Position.of_digits(digits)
        except ValueError as error:
            raise invalid_token() from error
        if direction not in {"f", "b"}:
            raise invalid_token()
        return cls(position, direction == "f")


@operation("GetLogEvents")
async def get_log_events(
    call: Call, request: shapes.GetLogEventsRequest
) -> shapes.GetLogEventsResponse:
    """Answer with a page of events, oldest first, and tokens for the pages around it."""
    group = await find_group(call, named_group(request))
    stream = await find_stream(call, group, request["logStreamName"])
    expired_before = expiry(group, milliseconds(call.backends.now()))
    window = Window(
        start=max(request.get("startTime", 0), expired_before),
        stop=request.get("endTime", END_OF_TIME),
        limit=request.get("limit", MOST_EVENTS),
    )
    if "nextToken" in request:
        cursor = Cursor.of_token(request["nextToken"])
    elif request.get("startFromHead", False):
        cursor = Cursor(Position(window.start), is_forward=True)
    else:
        cursor = Cursor(Position(window.stop), is_forward=False)
    events = await read_page(event_log(call, stream), cursor, window)
    ahead = behind = cursor.position
    if events:
        behind, ahead = events[0].position, _following(events[-1].position)
    elif "nextToken" not in request:
        # Whatever comes into the window later lies ahead.
        ahead = Position(window.start)
    return {
        "events": [
            {
                "timestamp": event.timestamp,
                "message": event.message,
                "ingestionTime": event.ingested_at,
            }
            for event in events
        ],
        "nextForwardToken": f"f/{ahead.digits()}",
        "nextBackwardToken": f"b/{behind.digits()}",
    }


async def read_page(log: EventLog, cursor: Cursor, window: Window) -> list[Event]:
    """Return as many events as fit a page, oldest first, whichever way the cursor goes."""
    if cursor.is_forward:
        found = log.forward(max(cursor.position, Position(window.start)))
    else:
        found = log.backward(min(cursor.position, Position(window.stop)))
    page: list[Event] = []
    size = 0
    async with aclosing(found):
        async for event in found:
            size += size_of(event.message)
            is_outside = not window.start <= event.timestamp < window.stop
            if is_outside or len(page) == window.limit or (page and size > MOST_BYTES):
                break
            page.append(event)
    return page if cursor.is_forward else page[::-1]


def _following(position: Position) -> Position:
    return replace(position, index=position.index + 1)
