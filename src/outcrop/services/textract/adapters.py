"""Adapters, and the tags of them and of their versions, as records.

Source: https://docs.aws.amazon.com/textract/latest/dg/textract-using-adapters.html
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.paging import PageRequest, page_of_records
from outcrop.operations.records import change, every
from outcrop.operations.tags import TagRules, without
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
VERSIONS = "/versions/"
VERSION_DIGITS = 8

checked_tags = TagRules(
    reserved=lambda key: shapes.InvalidParameterException(
        f"Tag keys must not start with aws:, as {key} does."
    ),
    too_many=lambda _: shapes.ServiceQuotaExceededException(
        f"An adapter has at most {MOST_TAGS} tags."
    ),
    most=MOST_TAGS,
).together


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
    except RecordExistsError as error:
        made = await find_adapter(call, name)
        if made.document["first"] != asked:
            raise shapes.IdempotentParameterMismatchException(
                "The ClientRequestToken was used with other parameters."
            ) from error
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
    after, before = request.get("AfterCreationTime"), request.get("BeforeCreationTime")

    def keep(adapter: Record) -> bool:
        created = adapter.document["created"]
        return (after is None or created > after) and (before is None or created < before)

    page = await page_of_records(
        call.backends.records,
        scope_of_adapters(call),
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

    answer: Any = _told(await _change(call, scope_of_adapters(call), request["AdapterId"], changed))
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


@operation("TagResource")
async def tag_resource(
    call: Call, request: shapes.TagResourceRequest
) -> shapes.TagResourceResponse:
    """Add tags to an adapter or a version of one, or overwrite its own."""

    def changed(document: Document) -> Document:
        return {**document, "tags": checked_tags(request["Tags"], before=document["tags"])}

    await _change(call, *_place_of(call, request["ResourceARN"]), changed)
    return {}


@operation("UntagResource")
async def untag_resource(
    call: Call, request: shapes.UntagResourceRequest
) -> shapes.UntagResourceResponse:
    """Take tags off an adapter or a version of one."""

    def changed(document: Document) -> Document:
        return {**document, "tags": without(document["tags"], request["TagKeys"])}

    await _change(call, *_place_of(call, request["ResourceARN"]), changed)
    return {}


@operation("ListTagsForResource")
async def list_tags_for_resource(
    call: Call, request: shapes.ListTagsForResourceRequest
) -> shapes.ListTagsForResourceResponse:
    """Answer with the tags of an adapter or of a version of one."""
    found = await call.backends.records.find(*_place_of(call, request["ResourceARN"]))
    if found is None:
        raise missing(request["ResourceARN"])
    return {"Tags": found.document["tags"]}


def scope_of_adapters(call: Call) -> Scope:
    """Return where the caller's adapters are."""
    return Scope(call.account, call.region, SERVICE, "adapter")


def scope_of_versions(call: Call) -> Scope:
    """Return where the versions of the caller's adapters are; see `version_name`."""
    return Scope(call.account, call.region, SERVICE, "adapter-version")


def version_name(adapter: str, version: str) -> str:
    """Return the name of a version's record: in the order of their numbers.

    Args:
        adapter: Its id.
        version: Its number; empty for what the names of all begin with.
    """
    return f"{adapter}/{version.rjust(VERSION_DIGITS, '0') if version else ''}"


def _kept(request: Mapping[str, Any]) -> dict[str, Any]:
    return {member: request[member] for member in MEMBERS if member in request}


def moment(call: Call) -> Any:
    """Return the present moment as answers tell it: to the millisecond."""
    now = call.backends.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def _told(adapter: Record) -> Mapping[str, Any]:
    return {
        "AdapterId": adapter.name,
        "CreationTime": adapter.document["created"],
        **adapter.document["asked"],
    }


async def find_adapter(call: Call, name: str) -> Record:
    """Return an adapter.

    Raises:
        ResourceNotFoundException: It is not there.
    """
    adapter = await call.backends.records.find(scope_of_adapters(call), name)
    if adapter is None:
        raise missing(name)
    return adapter


async def _change(
    call: Call, place: Scope, name: str, changed: Callable[[Document], Document]
) -> Record:
    try:
        return await change(call.backends.records, place, name, changed)
    except RecordNotFoundError as error:
        raise missing(name) from error


def _place_of(call: Call, arn: str) -> tuple[Scope, str]:
    """Return where the record of an ARN is, and its name.

    Raises:
        ResourceNotFoundException: It is no ARN of this account and region.
    """
    start = call.arn(ARN_RESOURCE)
    if not arn.startswith(start):
        raise missing(arn)
    adapter, is_version, version = arn.removeprefix(start).partition(VERSIONS)
    if is_version:
        return scope_of_versions(call), version_name(adapter, version)
    return scope_of_adapters(call), adapter


def missing(name: str) -> Exception:
    """Return the error for an adapter, or a version of one, that is not there."""
    return shapes.ResourceNotFoundException(f"The adapter {name} is not there.")
