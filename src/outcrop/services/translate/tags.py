"""Tags of terminologies and parallel data.

Source: https://docs.aws.amazon.com/translate/latest/dg/tagging.html
"""

from collections.abc import Callable

from outcrop.operations import Call, operation
from outcrop.operations.records import change
from outcrop.operations.tags import to_list, without
from outcrop.services.translate import shapes
from outcrop.services.translate.resources import (
    KINDS,
    ResourceKind,
    arn_of,
    checked_tags,
    find,
    not_found,
)
from outcrop.storage.records.interface import Document, Record, RecordNotFoundError


@operation("TagResource")
async def tag_resource(
    call: Call, request: shapes.TagResourceRequest
) -> shapes.TagResourceResponse:
    """Add tags to a resource, or overwrite theirs."""
    arn = request["ResourceArn"]
    await _change_tags(
        call, arn, lambda tags: checked_tags(request["Tags"], before=tags, resource=arn)
    )
    return {}


@operation("UntagResource")
async def untag_resource(
    call: Call, request: shapes.UntagResourceRequest
) -> shapes.UntagResourceResponse:
    """Take tags off a resource."""
    keys = request["TagKeys"]
    await _change_tags(call, request["ResourceArn"], lambda tags: without(tags, keys))
    return {}


@operation("ListTagsForResource")
async def list_tags_for_resource(
    call: Call, request: shapes.ListTagsForResourceRequest
) -> shapes.ListTagsForResourceResponse:
    """Answer with a resource's tags."""
    _, record = await _tagged(call, request["ResourceArn"])
    return {"Tags": to_list(record.document["tags"])}


async def _change_tags(
    call: Call, arn: str, changed: Callable[[dict[str, str]], dict[str, str]]
) -> None:
    kind, record = await _tagged(call, arn)

    def change_document(document: Document) -> Document:
        return {**document, "tags": changed(document["tags"])}

    try:
        await change(call.backends.records, record.scope, record.name, change_document)
    except RecordNotFoundError as error:
        raise not_found(kind, record.name) from error


async def _tagged(call: Call, arn: str) -> tuple[ResourceKind, Record]:
    for kind in KINDS:
        name = arn.removeprefix(arn_of(call, kind, "").removesuffix(kind.suffix))
        if name != arn:
            return kind, await find(call, kind, name.removesuffix(kind.suffix))
    raise shapes.ResourceNotFoundException(f"The resource {arn} does not exist.")
