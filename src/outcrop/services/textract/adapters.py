"""Adapters, as records.

Source: https://docs.aws.amazon.com/textract/latest/dg/textract-using-adapters.html
"""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.records import every
from outcrop.services.textract import shapes
from outcrop.services.textract.adapter_records import (
    change_record,
    check_repeated,
    checked_tags,
    find_adapter,
    moment,
    page_of_span,
    scope_of_adapters,
    scope_of_versions,
    version_name,
)
from outcrop.storage.records.interface import Create, Delete, Document, Record, RecordExistsError

ID_DIGITS = 12
MEMBERS = ("AdapterName", "Description", "FeatureTypes", "AutoUpdate")
"""Of a request, that an adapter keeps."""


@operation("CreateAdapter")
async def create_adapter(
    call: Call, request: shapes.CreateAdapterRequest
) -> shapes.CreateAdapterResponse:
    """Keep an adapter; a request that has an earlier one's token makes none."""
    if not request["FeatureTypes"]:
        raise shapes.InvalidParameterException("FeatureTypes must name at least one feature.")
    token = request.get("ClientRequestToken") or secrets.token_hex(16)
    name = hashlib.sha256(f"{call.account}/{call.region}/{token}".encode()).hexdigest()[:ID_DIGITS]
    asked = {
        "AutoUpdate": "DISABLED",
        **_kept(request),
    }
    document = {
        "asked": asked,
        "created": moment(call),
        "tags": checked_tags(request.get("Tags", {})),
    }
    try:
        create = Create(
            scope=scope_of_adapters(call), name=name, document={**document, "first": asked}
        )
        await call.backends.records.write(create)
    except RecordExistsError:
        made = await find_adapter(call, name)
        check_repeated(made.document["first"], asked)
    return {"AdapterId": name}


@operation("GetAdapter")
async def get_adapter(call: Call, request: shapes.GetAdapterRequest) -> shapes.GetAdapterResponse:
    """Answer with an adapter."""
    adapter = await find_adapter(call, request["AdapterId"])
    answer: Any = {**_told(adapter), "Tags": adapter.document["tags"]}
    return answer


@operation("ListAdapters")
async def list_adapters(
    call: Call, request: shapes.ListAdaptersRequest
) -> shapes.ListAdaptersResponse:
    """Answer with the adapters that were made in a span of time."""
    page = await page_of_span(call, scope_of_adapters(call), request)
    members = ("AdapterId", "AdapterName", "CreationTime", "FeatureTypes")
    told: list[Any] = [
        {member: value for member, value in _told(each).items() if member in members}
        for each in page.items
    ]
    answer: shapes.ListAdaptersResponse = {"Adapters": told}
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


@operation("UpdateAdapter")
async def update_adapter(
    call: Call, request: shapes.UpdateAdapterRequest
) -> shapes.UpdateAdapterResponse:
    """Change an adapter's name, description or whether it follows new models."""
    given = _kept(request)

    def changed(document: Document) -> Document:
        return {**document, "asked": {**document["asked"], **given}}

    answer: Any = _told(
        await change_record(call, scope_of_adapters(call), request["AdapterId"], changed)
    )
    return answer


@operation("DeleteAdapter")
async def delete_adapter(
    call: Call, request: shapes.DeleteAdapterRequest
) -> shapes.DeleteAdapterResponse:
    """Delete an adapter and its versions."""
    adapter = await find_adapter(call, request["AdapterId"])
    records = call.backends.records
    prefix = version_name(adapter.name, "")
    versions = [each async for each in every(records, scope_of_versions(call), prefix=prefix)]
    await records.write(
        *(
            Delete(scope=each.scope, name=each.name, must_exist=False)
            for each in (adapter, *versions)
        )
    )
    return {}


def _kept(request: Mapping[str, Any]) -> dict[str, Any]:
    return {member: request[member] for member in MEMBERS if member in request}


def _told(adapter: Record) -> Mapping[str, Any]:
    return {
        "AdapterId": adapter.name,
        "CreationTime": adapter.document["created"],
        **adapter.document["asked"],
    }
