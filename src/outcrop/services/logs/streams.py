"""Log streams: create, describe, delete.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogStream.html
"""

from outcrop.operations import Call, operation
from outcrop.operations.paging import Page, PageRequest, page_of, page_of_records
from outcrop.operations.records import every
from outcrop.services.logs import shapes
from outcrop.services.logs.event_log import EventLog
from outcrop.services.logs.places import (
    MOST_DESCRIBED,
    NO_STREAM,
    find_group,
    find_stream,
    group_arn,
    invalid_token,
    milliseconds,
    named_group,
    new_id,
    scope,
    streams,
)
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Record,
    RecordExistsError,
    RecordNotFoundError,
)


@operation("CreateLogStream")
async def create_log_stream(call: Call, request: shapes.CreateLogStreamRequest) -> None:
    """Make a stream in a group."""
    group = await find_group(call, request["logGroupName"])
    document = {
        "id": new_id(),
        "creationTime": milliseconds(call.backends.now()),
        "bytes": 0,
        "sequence": 0,
        "span": 0,
    }
    create = Create(scope=streams(call, group), name=request["logStreamName"], document=document)
    try:
        await call.backends.records.write(create)
    except RecordExistsError as error:
        raise shapes.ResourceAlreadyExistsException(
            "The specified log stream already exists"
        ) from error


@operation("DeleteLogStream")
async def delete_log_stream(call: Call, request: shapes.DeleteLogStreamRequest) -> None:
    """Delete a stream with its events."""
    group = await find_group(call, request["logGroupName"])
    stream = await find_stream(call, group, request["logStreamName"])
    try:
        await call.backends.records.write(Delete(scope=stream.scope, name=stream.name))
    except RecordNotFoundError as error:
        raise shapes.ResourceNotFoundException(NO_STREAM) from error
    await event_log(call, stream).delete()


@operation("DescribeLogStreams")
async def describe_log_streams(
    call: Call, request: shapes.DescribeLogStreamsRequest
) -> shapes.DescribeLogStreamsResponse:
    """Answer with a group's streams by name or by the time of their last events."""
    by_time = request.get("orderBy") == "LastEventTime"
    if by_time and "logStreamNamePrefix" in request:
        raise shapes.InvalidParameterException(
            "Cannot order by LastEventTime with a logStreamNamePrefix."
        )
    name = named_group(request)
    group = await find_group(call, name)
    page = await _page(call, group, request, by_time=by_time)
    answer: shapes.DescribeLogStreamsResponse = {
        "logStreams": [_described(call, name, stream) for stream in page.items]
    }
    if page.next_token:
        answer["nextToken"] = page.next_token
    return answer


def event_log(call: Call, stream: Record) -> EventLog:
    """Return the events of a stream."""
    document = stream.document
    events = scope(call, f"events/{document['id']}")
    return EventLog(call.backends.records, events, document["span"])


async def _page(
    call: Call, group: Record, request: shapes.DescribeLogStreamsRequest, *, by_time: bool
) -> Page[Record]:
    records, place = call.backends.records, streams(call, group)
    prefix = request.get("logStreamNamePrefix", "")
    descending = request.get("descending", False)
    page = PageRequest(
        limit=request.get("limit", MOST_DESCRIBED),
        token=request.get("nextToken"),
        error=invalid_token(),
    )
    if not by_time and not descending:
        return await page_of_records(records, place, page, prefix=prefix)

    def key(stream: Record) -> str:
        return f"{stream.document.get('lastEvent', 0) if by_time else 0:016d}{stream.name}"

    found = [stream async for stream in every(records, place, prefix=prefix)]
    found.sort(key=key, reverse=descending)
    return page_of(found, key=key, page=page, descending=descending)


def _described(call: Call, group: str, stream: Record) -> shapes.LogStream:
    document = stream.document
    described: shapes.LogStream = {
        "logStreamName": stream.name,
        "creationTime": document["creationTime"],
        "arn": f"{group_arn(call, group)}:log-stream:{stream.name}",
        # AWS keeps no such count per stream since 2019 and says zero; a group has the true one.
        "storedBytes": 0,
    }
    if document["sequence"]:
        described["firstEventTimestamp"] = document["firstEvent"]
        described["lastEventTimestamp"] = document["lastEvent"]
        described["lastIngestionTime"] = document["lastIngestion"]
        described["uploadSequenceToken"] = sequence_token(document["sequence"])
    return described


def sequence_token(sequence: int) -> str:
    """Return the token that older clients hand back with their next batch; it is never checked."""
    return f"{sequence:056d}"
