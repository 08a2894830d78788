"""Insights queries that are saved under a name, to be read and run again.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html
"""

import uuid
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.paging import PageRequest, page_of
from outcrop.operations.records import every
from outcrop.services.logs import shapes
from outcrop.services.logs.places import invalid_token, milliseconds, scope
from outcrop.storage.records.interface import Delete, Put, Record, RecordNotFoundError, Scope

MOST_LISTED = 1000


@operation("PutQueryDefinition")
async def put_query_definition(
    call: Call, request: shapes.PutQueryDefinitionRequest
) -> shapes.PutQueryDefinitionResponse:
    """Save a query, or replace the one whose id the request gives."""
    name = request.get("queryDefinitionId")
    if name is None:
        name = str(uuid.uuid4())
    elif await call.backends.records.find(_definitions(call), name) is None:
        raise _unknown(name)
    document: dict[str, Any] = {
        "queryLanguage": request.get("queryLanguage", "CWLI"),
        "name": request["name"],
        "queryString": request["queryString"],
        "lastModified": milliseconds(call.backends.now()),
    }
    if "logGroupNames" in request:
        document["logGroupNames"] = request["logGroupNames"]
    if "parameters" in request:
        document["parameters"] = request["parameters"]
    await call.backends.records.write(Put(scope=_definitions(call), name=name, document=document))
    return {"queryDefinitionId": name}


@operation("DescribeQueryDefinitions")
async def describe_query_definitions(
    call: Call, request: shapes.DescribeQueryDefinitionsRequest
) -> shapes.DescribeQueryDefinitionsResponse:
    """Answer with saved queries, by name."""
    prefix, language = request.get("queryDefinitionNamePrefix", ""), request.get("queryLanguage")
    found = [
        definition
        async for definition in every(call.backends.records, _definitions(call))
        if definition.document["name"].startswith(prefix)
        and language in {None, definition.document["queryLanguage"]}
    ]
    page = page_of(
        sorted(found, key=_place),
        key=_place,
        page=PageRequest(
            limit=request.get("maxResults", MOST_LISTED),
            token=request.get("nextToken"),
            error=invalid_token(),
        ),
    )
    shown: list[Any] = [{"queryDefinitionId": each.name, **each.document} for each in page.items]
    answer: shapes.DescribeQueryDefinitionsResponse = {"queryDefinitions": shown}
    if page.next_token:
        answer["nextToken"] = page.next_token
    return answer


@operation("DeleteQueryDefinition")
async def delete_query_definition(
    call: Call, request: shapes.DeleteQueryDefinitionRequest
) -> shapes.DeleteQueryDefinitionResponse:
    """Delete a saved query."""
    name = request["queryDefinitionId"]
    try:
        await call.backends.records.write(Delete(scope=_definitions(call), name=name))
    except RecordNotFoundError as error:
        raise _unknown(name) from error
    return {"success": True}


def _definitions(call: Call) -> Scope:
    return scope(call, "query-definition")


def _place(definition: Record) -> str:
    return f"{definition.document['name']}\n{definition.name}"


def _unknown(name: str) -> shapes.ResourceNotFoundException:
    return shapes.ResourceNotFoundException(f"The query definition {name} does not exist.")
