"""Events for CloudWatch Logs from the services, which ask it and never import it.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from outcrop.aws.errors import ServiceError
from outcrop.operations.call import Call

MOST_BATCH_BYTES = 1_000_000
"""Of a request, less than its own limit of 1,048,576."""
MOST_BATCH_EVENTS = 10_000
BYTES_PER_EVENT = 26
"""What CloudWatch Logs adds to each event's size."""
DAY = 86_400_000
"""In milliseconds."""
Batch: TypeAlias = Sequence[dict[str, Any]]
"""The events of one request."""


async def ensure_group(call: Call, group: str) -> None:
    """Make a log group, unless it is there."""
    await _make(call, "CreateLogGroup", logGroupName=group)


async def ensure_stream(call: Call, group: str, stream: str) -> None:
    """Make a stream in a log group, unless it is there.

    Raises:
        ServiceError: There is no such group.
    """
    await _make(call, "CreateLogStream", logGroupName=group, logStreamName=stream)


async def _make(call: Call, operation: str, **place: str) -> None:
    try:
        await call.ask("logs", operation, **place)
    except ServiceError as error:
        if error.code != "ResourceAlreadyExistsException":
            raise


async def put_events(
    call: Call, group: str, stream: str, events: Iterable[tuple[datetime, str]]
) -> None:
    """Put events, oldest first, in as many requests as they need."""
    for _, batch in batches(events):
        await put_batch(call, group, stream, batch)


async def put_batch(call: Call, group: str, stream: str, batch: Batch) -> None:
    """Put the events of one request."""
    await call.ask(
        "logs", "PutLogEvents", logGroupName=group, logStreamName=stream, logEvents=batch
    )


def batches(events: Iterable[tuple[datetime, str]]) -> Iterator[tuple[int, Batch]]:
    """Give what single requests may put, each behind the number of events that are done with it.

    Events of one request are in the order of their times, and of one day.
    """
    batch: list[dict[str, Any]] = []
    size = done = 0
    for time, message in events:
        moment = int(time.timestamp() * 1000)
        grown = len(message.encode()) + BYTES_PER_EVENT
        if batch and (
            size + grown > MOST_BATCH_BYTES
            or len(batch) == MOST_BATCH_EVENTS
            or not batch[-1]["timestamp"] <= moment < batch[0]["timestamp"] + DAY
        ):
            yield done, batch
            batch, size = [], 0
        done += 1
        if message:  # An event must say something.
            batch.append({"timestamp": moment, "message": message})
            size += grown
    if batch:
        yield done, batch
