"""Adapters and their tags, as records: nothing trains versions of them here.

Source: https://docs.aws.amazon.com/textract/latest/dg/textract-using-adapters.html
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.paging import PageRequest, page_of_records
from outcrop.operations.records import change
from outcrop.operations.tags import TooManyTagsError, merged, without
from outcrop.services.textract import shapes
from outcrop.services.textract.async_jobs import INVALID_TOKEN, SERVICE
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    Record,
    RecordExistsError,
    RecordNotFoundError,
    Scope,
)

ID_DIGITS = 12
MOST_RESULTS = 100
MOST_TAGS = 200
MEMBERS = ("AdapterName", "Description", "FeatureTypes", "AutoUpdate")
"""Of a request, that an adapter keeps."""
ARN_RESOURCE = "/adapters/"


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
    document = {"asked": asked, "created": _now(call), "tags": dict(request.get("Tags", {}))}
    try:
        create = Create(scope=_scope(call), name=name, document={**document, "first": asked})
        await call.backends.records.write(create)
    except RecordExistsError as error:
        made = await _find(call, name)
        if made.document["first"] != asked:
            raise shapes.IdempotentParameterMismatchException(
                "The ClientRequestToken was used with other parameters."
            ) from error
    return {"AdapterId": name}


@operation("GetAdapter")
async def get_adapter(call: Call, request: shapes.GetAdapterRequest) -> shapes.GetAdapterResponse:
    """Answer with an adapter."""
    adapter = await _find(call, request["AdapterId"])
    answer: Any = {**_told(adapter), "Tags": adapter.document["tags"]}
    return answer


@operation("ListAdapters")
async def list_adapters(
    call: Call, request: shapes.ListAdaptersRequest
) -> shapes.ListAdaptersResponse:
    """Answer with the adapters that were made in a span of time."""
    after, before = request.get("AfterCreationTime"), request.get("BeforeCreationTime")

    def keep(adapter: Record) -> bool:
        created = adapter.document["created"]
        return (after is None or created > after) and (before is None or created < before)

    page = await page_of_records(
        call.backends.records,
        _scope(call),
        PageRequest(
            limit=min(request.get("MaxResults", MOST_RESULTS), MOST_RESULTS),
            token=request.get("NextToken"),
            error=shapes.InvalidParameterException(INVALID_TOKEN),
        ),
        keep=keep,
    )
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

    answer: Any = _told(await _change(call, request["AdapterId"], changed))
    return answer


@operation("DeleteAdapter")
async def delete_adapter(
    call: Call, request: shapes.DeleteAdapterRequest
) -> shapes.DeleteAdapterResponse:
    """Delete an adapter."""
    adapter = await _find(call, request["AdapterId"])
    delete = Delete(scope=adapter.scope, name=adapter.name, must_exist=False)
    await call.backends.records.write(delete)
    return {}


@operation("TagResource")
async def tag_resource(
    call: Call, request: shapes.TagResourceRequest
) -> shapes.TagResourceResponse:
    """Add tags to an adapter, or overwrite its own."""

    def changed(document: Document) -> Document:
        try:
            tags = merged(document["tags"], request["Tags"], most=MOST_TAGS)
        except TooManyTagsError as error:
            raise shapes.ServiceQuotaExceededException(
                f"An adapter has at most {MOST_TAGS} tags."
            ) from error
        return {**document, "tags": tags}

    await _change(call, _id_in(call, request["ResourceARN"]), changed)
    return {}


@operation("UntagResource")
async def untag_resource(
    call: Call, request: shapes.UntagResourceRequest
) -> shapes.UntagResourceResponse:
    """Take tags off an adapter."""

    def changed(document: Document) -> Document:
        return {**document, "tags": without(document["tags"], request["TagKeys"])}

    await _change(call, _id_in(call, request["ResourceARN"]), changed)
    return {}


@operation("ListTagsForResource")
async def list_tags_for_resource(
    call: Call, request: shapes.ListTagsForResourceRequest
) -> shapes.ListTagsForResourceResponse:
    """Answer with an adapter's tags."""
    adapter = await _find(call, _id_in(call, request["ResourceARN"]))
    return {"Tags": adapter.document["tags"]}


def _scope(call: Call) -> Scope:
    return Scope(call.account, call.region, SERVICE, "adapter")


def _kept(request: Mapping[str, Any]) -> dict[str, Any]:
    return {member: request[member] for member in MEMBERS if member in request}


def _now(call: Call) -> Any:
    now = call.backends.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)  # As answers tell it.


def _told(adapter: Record) -> Mapping[str, Any]:
    return {
        "AdapterId": adapter.name,
        "CreationTime": adapter.document["created"],
        **adapter.document["asked"],
    }


async def _find(call: Call, name: str) -> Record:
    adapter = await call.backends.records.find(_scope(call), name)
    if adapter is None:
        raise _missing(name)
    return adapter


async def _change(call: Call, name: str, changed: Callable[[Document], Document]) -> Record:
    try:
        return await change(call.backends.records, _scope(call), name, changed)
    except RecordNotFoundError as error:
        raise _missing(name) from error


def _id_in(call: Call, arn: str) -> str:
    """Return the id in an adapter's ARN.

    Raises:
        ResourceNotFoundException: It is no ARN of an adapter of this account and region.
    """
    start = call.arn(ARN_RESOURCE)
    if not arn.startswith(start):
        raise _missing(arn)
    return arn.removeprefix(start)


def _missing(name: str) -> Exception:
    return shapes.ResourceNotFoundException(f"The adapter {name} is not there.")
