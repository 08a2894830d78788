"""PutLogEvents: add a batch of events to a stream, durably.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from outcrop.operations import Call, operation
from outcrop.services.logs import shapes
from outcrop.services.logs.event_log import size_of
from outcrop.services.logs.metric_filters import publish_metrics
from outcrop.services.logs.places import find_group, find_stream, milliseconds
from outcrop.services.logs.retention import drop_expired, expiry
from outcrop.services.logs.streams import event_log, sequence_token
from outcrop.storage.records.interface import (
    Document,
    Record,
    RecordExistsError,
    RecordNotFoundError,
    Replace,
    StaleRecordError,
)

MOST_BATCH_BYTES = 1_048_576
HOUR = 3_600_000
"""In milliseconds, as all times here."""
DAY = 24 * HOUR
OLDEST = 14 * DAY
NEWEST = 2 * HOUR
TRIES = 200
"""Batches of others that may come between our reading of a stream and our writing."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What of a batch is taken: the events from `start` up to `stop`, excluded."""

    start: int
    stop: int
    rejected: shapes.RejectedLogEventsInfo | None


@operation("PutLogEvents")
async def put_log_events(
    call: Call, request: shapes.PutLogEventsRequest
) -> shapes.PutLogEventsResponse:
    """Store the events that are neither too old nor too new, and say which are."""
    events = [(event["timestamp"], event["message"]) for event in request["logEvents"]]
    _check_size([message for _, message in events])
    if any(later[0] < earlier[0] for earlier, later in pairwise(events)):
        raise shapes.InvalidParameterException(
            "Log events in a single PutLogEvents request must be in chronological order."
        )
    group = await find_group(call, request["logGroupName"])
    stream = await find_stream(call, group, request["logStreamName"])
    now = milliseconds(call.backends.now())
    taken = _taken([time for time, _ in events], now=now, expired_before=expiry(group, now))
    answer: shapes.PutLogEventsResponse = {}
    if taken.rejected:
        answer["rejectedLogEventsInfo"] = taken.rejected
    kept = events[taken.start : taken.stop]
    if kept:
        if kept[-1][0] - kept[0][0] > DAY:
            raise shapes.InvalidParameterException(
                "The batch of log events in a single PutLogEvents request cannot span more than"
                " 24 hours."
            )
        stream = await _append(call, group, stream, kept)
        await publish_metrics(call, group, kept)
        await drop_expired(call.backends.records, stream, before=expiry(group, now))
    answer["nextSequenceToken"] = sequence_token(stream.document["sequence"])
    return answer


def _check_size(messages: Sequence[str]) -> None:
    size = sum(map(size_of, messages))
    if size > MOST_BATCH_BYTES:
        raise shapes.InvalidParameterException(
            f"Upload too large: {size} bytes exceeds limit of {MOST_BATCH_BYTES}"
        )


def _taken(times: Sequence[int], *, now: int, expired_before: int) -> Taken:
    expired = sum(time < expired_before for time in times)
    too_old = sum(time < now - OLDEST for time in times)
    first_too_new = len(times) - sum(time > now + NEWEST for time in times)
    rejected: shapes.RejectedLogEventsInfo = {}
    if expired:
        rejected["expiredLogEventEndIndex"] = expired
    if too_old > expired:
        rejected["tooOldLogEventEndIndex"] = too_old
    if first_too_new < len(times):
        rejected["tooNewLogEventStartIndex"] = first_too_new
    return Taken(max(expired, too_old), first_too_new, rejected or None)


async def _append(
    call: Call, group: Record, stream: Record, events: Sequence[tuple[int, str]]
) -> Record:
    """Write the batch and the stream's new state at once; the slower takes the next number."""
    ingested_at = milliseconds(call.backends.now())
    for _ in range(TRIES):
        batch = event_log(call, stream).batch(stream.document["sequence"] + 1, events, ingested_at)
        head = Replace(record=stream, document=_grown(stream.document, events, ingested_at))
        try:
            written = await call.backends.records.write(head, batch)
        except (StaleRecordError, RecordExistsError, RecordNotFoundError):
            stream = await find_stream(call, group, stream.name)
            continue
        return next(filter(None, written))
    raise shapes.ServiceUnavailableException("Too many writers on this log stream; try again.")


def _grown(document: Document, events: Sequence[tuple[int, str]], ingested_at: int) -> Document:
    first, last = events[0][0], events[-1][0]
    size = sum(size_of(message) for _, message in events)
    return {
        **document,
        "sequence": document["sequence"] + 1,
        "bytes": document["bytes"] + size,
        "span": max(document["span"], last - first),
        "firstEvent": min(document.get("firstEvent", first), first),
        "lastEvent": max(document.get("lastEvent", last), last),
        "lastIngestion": ingested_at,
    }
