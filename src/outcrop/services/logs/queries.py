"""Insights queries: start, results, list, stop; and the record that a result points to.

A query runs while StartQuery is answered, so its results are complete at once.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
"""

import asyncio
import base64
import uuid
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta

from outcrop.operations import Call, operation
from outcrop.operations.paging import PageRequest, page_of
from outcrop.operations.records import every
from outcrop.services.logs import shapes
from outcrop.services.logs.event_log import Event, Position, size_of
from outcrop.services.logs.insights import (
    InsightsQuery,
    MalformedQueryError,
    Result,
    Row,
    row_of,
)
from outcrop.services.logs.patterns import SlowExpressionError
from outcrop.services.logs.places import (
    find_group,
    invalid_token,
    milliseconds,
    name_in,
    scope,
    streams,
)
from outcrop.services.logs.retention import expiry
from outcrop.services.logs.streams import event_log
from outcrop.storage.records.interface import Create, Delete, Record, Scope

MOST_GROUPS = 50
MOST_ROWS = 10_000
MOST_SCANNED = 1_000_000
"""Events; a query holds what it scans in memory."""
KEPT_FOR = timedelta(days=7)
MOST_LISTED = 1000


@dataclass(slots=True)
class Scan:
    """What a query has read."""

    rows: list[Row] = field(default_factory=list[Row])
    size: int = 0
    """In bytes."""


@operation("StartQuery")
async def start_query(call: Call, request: shapes.StartQueryRequest) -> shapes.StartQueryResponse:
    """Run a query over the events of some groups, and keep its results for a week."""
    if request.get("queryLanguage", "CWLI") != "CWLI":
        raise shapes.InvalidParameterException(
            "Outcrop answers queries in the language CWLI; SQL and PPL are not available."
        )
    if request["endTime"] < request["startTime"]:
        raise shapes.InvalidParameterException("End time should not be before start time.")
    try:
        query = InsightsQuery.parse(request["queryString"])
    except MalformedQueryError as error:
        raise _malformed(error) from error
    names = _group_names(request)
    scan = await scanned(call, names, request["startTime"] * 1000, request["endTime"] * 1000 + 999)
    limit = request.get("limit", MOST_ROWS)
    try:
        result = await asyncio.to_thread(query.run, scan.rows, limit=limit)
    except (MalformedQueryError, SlowExpressionError) as error:
        raise _malformed(error) from error
    query_id = str(uuid.uuid4())
    await _drop_old(call)
    await call.backends.records.write(_record(call, query_id, request, names, scan, result))
    return {"queryId": query_id}


@operation("GetQueryResults")
async def get_query_results(
    call: Call, request: shapes.GetQueryResultsRequest
) -> shapes.GetQueryResultsResponse:
    """Answer with a query's rows."""
    document = (await _find(call, request["queryId"])).document
    rows: list[list[list[str]]] = document["rows"]
    page = page_of(
        [f"{number:06d}" for number in range(len(rows))],
        key=str,
        page=PageRequest(
            limit=request.get("maxItems") or MOST_ROWS,
            token=request.get("nextToken"),
            error=invalid_token(),
        ),
    )
    answer: shapes.GetQueryResultsResponse = {
        "queryLanguage": "CWLI",
        "results": [
            [{"field": name, "value": value} for name, value in rows[int(number)]]
            for number in page.items
        ],
        "statistics": document["statistics"],
        "status": "Complete",
    }
    if page.next_token:
        answer["nextToken"] = page.next_token
    return answer


@operation("DescribeQueries")
async def describe_queries(
    call: Call, request: shapes.DescribeQueriesRequest
) -> shapes.DescribeQueriesResponse:
    """Answer with the queries of the last week, the latest first, perhaps those on one group."""
    group = request.get("logGroupName")
    if request.get("status", "Complete") != "Complete":
        return {"queries": []}
    found = [
        query
        async for query in every(call.backends.records, _queries(call))
        if group is None or group in query.document["groups"]
    ]
    page = page_of(
        sorted(found, key=_place, reverse=True),
        key=_place,
        page=PageRequest(
            limit=request.get("maxResults", MOST_LISTED),
            token=request.get("nextToken"),
            error=invalid_token(),
        ),
        descending=True,
    )
    answer: shapes.DescribeQueriesResponse = {
        "queries": [
            {
                "queryLanguage": "CWLI",
                "queryId": query.name,
                "queryString": query.document["query"],
                "status": "Complete",
                "createTime": query.document["created"],
                "logGroupName": ",".join(query.document["groups"]),
            }
            for query in page.items
        ]
    }
    if page.next_token:
        answer["nextToken"] = page.next_token
    return answer


@operation("StopQuery")
async def stop_query(call: Call, request: shapes.StopQueryRequest) -> shapes.StopQueryResponse:
    """Answer that the query has ended already."""
    await _find(call, request["queryId"])
    raise shapes.InvalidParameterException(
        f"Query {request['queryId']} is not in a cancellable state: it is Complete."
    )


@operation("GetLogRecord")
async def get_log_record(
    call: Call, request: shapes.GetLogRecordRequest
) -> shapes.GetLogRecordResponse:
    """Answer with all fields of the event that a result points to."""
    pointer = request["logRecordPointer"]
    invalid = shapes.InvalidParameterException("The log record pointer is invalid.")
    try:
        group_name, stream_name, digits = base64.urlsafe_b64decode(pointer).decode().split("\n")
        position = Position.of_digits(digits)
    except ValueError as error:
        raise invalid from error
    group = await find_group(call, group_name)
    stream = await call.backends.records.find(streams(call, group), stream_name)
    found = event_log(call, stream).forward(position) if stream else None
    if found is not None:
        async with aclosing(found):
            async for event in found:
                if event.position == position:
                    row = _row(call, group_name, stream_name, event)
                    return {"logRecord": _as_strings(row)}
                break
    raise shapes.ResourceNotFoundException("The log record does not exist.")


def _malformed(error: Exception) -> shapes.MalformedQueryException:
    return shapes.MalformedQueryException(str(error))


def _group_names(request: shapes.StartQueryRequest) -> list[str]:
    given = [*request.get("logGroupNames", []), *request.get("logGroupIdentifiers", [])]
    given += [request["logGroupName"]] if "logGroupName" in request else []
    forms = ("logGroupName", "logGroupNames", "logGroupIdentifiers")
    if sum(form in request for form in forms) != 1 or not given:
        raise shapes.InvalidParameterException(
            "Exactly one of logGroupName, logGroupNames and logGroupIdentifiers must be given."
        )
    if len(given) > MOST_GROUPS:
        raise shapes.InvalidParameterException(
            f"A query can include at most {MOST_GROUPS} log groups."
        )
    return list(dict.fromkeys(name_in(name) for name in given))


async def scanned(call: Call, names: Sequence[str], start: int, stop: int) -> Scan:
    """Read the events of groups from `start` to `stop`, both included, in milliseconds."""
    scan = Scan()
    for name in names:
        group = await find_group(call, name)
        earliest = max(start, expiry(group, milliseconds(call.backends.now())))
        async for stream in every(call.backends.records, streams(call, group)):
            if stream.document.get("lastEvent", -1) >= earliest:
                await _scan_stream(call, name, stream, Position(earliest), stop, scan)
    return scan


async def _scan_stream(
    call: Call, group: str, stream: Record, start: Position, stop: int, scan: Scan
) -> None:
    events = event_log(call, stream).forward(start)
    async with aclosing(events):
        async for event in events:
            if event.timestamp > stop:
                return
            if len(scan.rows) == MOST_SCANNED:
                raise shapes.LimitExceededException(
                    f"The query scans more than {MOST_SCANNED} events; narrow its time range."
                )
            scan.rows.append(_row(call, group, stream.name, event))
            scan.size += size_of(event.message)


def _row(call: Call, group: str, stream: str, event: Event) -> Row:
    pointer = base64.urlsafe_b64encode(
        "\n".join((group, stream, event.position.digits())).encode()
    ).decode()
    return row_of(
        message=event.message,
        timestamp=event.timestamp,
        ingested_at=event.ingested_at,
        stream=stream,
        log=f"{call.account}:{group}",
        pointer=pointer,
    )


def _as_strings(row: Row) -> dict[str, str]:
    return {
        name: str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
        for name, value in row.items()
        if value is not None
    }


def _queries(call: Call) -> Scope:
    return scope(call, "query")


def _record(
    call: Call,
    query_id: str,
    request: shapes.StartQueryRequest,
    names: Sequence[str],
    scan: Scan,
    result: Result,
) -> Create:
    return Create(
        scope=_queries(call),
        name=query_id,
        document={
            "query": request["queryString"],
            "groups": list(names),
            "created": milliseconds(call.backends.now()),
            "rows": [[list(field) for field in row] for row in result.rows],
            "statistics": {
                "recordsMatched": float(result.matched),
                "recordsScanned": float(len(scan.rows)),
                "bytesScanned": float(scan.size),
                "logGroupsScanned": float(len(names)),
            },
        },
    )


def _place(query: Record) -> str:
    return f"{query.document['created']:015d}/{query.name}"


async def _find(call: Call, query_id: str) -> Record:
    query = await call.backends.records.find(_queries(call), query_id)
    if query is None:
        raise shapes.ResourceNotFoundException(f"Query {query_id} does not exist.")
    return query


async def _drop_old(call: Call) -> None:
    """Delete the queries whose results are no longer kept."""
    before = milliseconds(call.backends.now() - KEPT_FOR)
    async for query in every(call.backends.records, _queries(call)):
        if query.document["created"] < before:
            gone = Delete(scope=query.scope, name=query.name, must_exist=False)
            await call.backends.records.write(gone)
