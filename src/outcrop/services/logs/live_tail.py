"""StartLiveTail: events as they arrive, until the client has seen enough.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartLiveTail.html
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta

from outcrop.operations import Call, operation
from outcrop.operations.records import every
from outcrop.services.logs import shapes
from outcrop.services.logs.event_log import Position
from outcrop.services.logs.filter_pattern import FilterPattern
from outcrop.services.logs.metric_filters import matched, pattern_of
from outcrop.services.logs.places import (
    find_group,
    group_arn,
    milliseconds,
    name_in,
    streams,
)
from outcrop.services.logs.streams import event_log
from outcrop.storage.records.interface import Record

UPDATE_SECONDS = 1.0
MOST_EVENTS = 500
"""In one update; of more, the latest are sent."""
LOOK_BACK = timedelta(days=14)
"""How old an event may be that arrives now."""
LONGEST = timedelta(hours=3)


@operation("StartLiveTail")
async def start_live_tail(
    call: Call, request: shapes.StartLiveTailRequest
) -> shapes.StartLiveTailResponse:
    """Open a session that tells of new events every second, for three hours at most."""
    names, prefixes = request.get("logStreamNames", []), request.get("logStreamNamePrefixes", [])
    identifiers = request["logGroupIdentifiers"]
    if names and prefixes:
        raise shapes.InvalidParameterException(
            "logStreamNames and logStreamNamePrefixes are mutually exclusive parameters."
        )
    if (names or prefixes) and len(identifiers) > 1:
        raise shapes.InvalidParameterException(
            "Log streams can be chosen of a single log group only."
        )
    groups = [await find_group(call, name_in(identifier)) for identifier in identifiers]
    session = Session(
        call=call,
        groups=groups,
        names=names,
        prefixes=prefixes,
        pattern=pattern_of(request.get("logEventFilterPattern", "")),
    )
    await session.skip_present()
    start: shapes.LiveTailSessionStart = {
        "requestId": call.request_id,
        "sessionId": str(uuid.uuid4()),
        "logGroupIdentifiers": [group_arn(call, group.name) for group in groups],
        "logEventFilterPattern": request.get("logEventFilterPattern", ""),
    }
    if names:
        start["logStreamNames"] = names
    if prefixes:
        start["logStreamNamePrefixes"] = prefixes
    return {"responseStream": _events(session, start)}


@dataclass(slots=True, kw_only=True)
class Session:
    """What a client follows, and what it has seen of each stream."""

    call: Call
    groups: Sequence[Record]
    names: Sequence[str]
    prefixes: Sequence[str]
    pattern: FilterPattern
    _seen: dict[str, int] = field(default_factory=dict[str, int])
    """Id of a stream → the number of the last batch seen."""

    async def skip_present(self) -> None:
        """Count all events that are there as seen."""
        for group in self.groups:
            for stream in await self._streams(group):
                self._seen[stream.document["id"]] = stream.document["sequence"]

    async def new_events(self) -> list[shapes.LiveTailSessionLogEvent]:
        """Return the matching events that have arrived since the last call, by their times."""
        found: list[shapes.LiveTailSessionLogEvent] = []
        for group in self.groups:
            for stream in await self._streams(group):
                seen = self._seen.get(stream.document["id"], 0)
                if stream.document["sequence"] > seen:
                    self._seen[stream.document["id"]] = stream.document["sequence"]
                    found += await self._events_since(group, stream, seen)
        found.sort(key=lambda event: event.get("timestamp", 0))
        return found

    async def _streams(self, group: Record) -> list[Record]:
        place = streams(self.call, group)
        return [
            stream
            async for stream in every(self.call.backends.records, place)
            if self._is_followed(stream.name)
        ]

    def _is_followed(self, name: str) -> bool:
        if self.names:
            return name in self.names
        return not self.prefixes or name.startswith(tuple(self.prefixes))

    async def _events_since(
        self, group: Record, stream: Record, seen: int
    ) -> list[shapes.LiveTailSessionLogEvent]:
        """Return a stream's matching events of the batches behind one."""
        earliest = milliseconds(self.call.backends.now() - LOOK_BACK)
        events = event_log(self.call, stream).forward(Position(earliest))
        found: list[shapes.LiveTailSessionLogEvent] = []
        async with aclosing(events):
            async for event in events:
                is_new = seen < event.position.sequence <= stream.document["sequence"]
                if is_new and matched(self.pattern, event.message) is not None:
                    found.append(
                        {
                            "logStreamName": stream.name,
                            "logGroupIdentifier": f"{self.call.account}:{group.name}",
                            "message": event.message,
                            "timestamp": event.timestamp,
                            "ingestionTime": event.ingested_at,
                        }
                    )
        return found


async def _events(
    session: Session, start: shapes.LiveTailSessionStart
) -> AsyncIterator[shapes.StartLiveTailResponseStream]:
    """Give the start of a session, and an update every second."""
    yield {"sessionStart": start}
    end = session.call.backends.now() + LONGEST
    while session.call.backends.now() < end:
        await asyncio.sleep(UPDATE_SECONDS)
        events = await session.new_events()
        yield {
            "sessionUpdate": {
                "sessionMetadata": {"sampled": len(events) > MOST_EVENTS},
                "sessionResults": events[-MOST_EVENTS:],
            }
        }
    raise shapes.SessionTimeoutException("The session has lasted for three hours.")
