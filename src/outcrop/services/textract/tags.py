"""Tags of adapters and of their versions.

Source: https://docs.aws.amazon.com/textract/latest/dg/API_TagResource.html
"""

from outcrop.operations import Call, operation
from outcrop.operations.tags import without
from outcrop.services.textract import shapes
from outcrop.services.textract.adapter_records import (
    change_record,
    checked_tags,
    missing,
    place_of,
)
from outcrop.storage.records.interface import Document


@operation("TagResource")
async def tag_resource(
    call: Call, request: shapes.TagResourceRequest
) -> shapes.TagResourceResponse:
    """Add tags to an adapter or a version of one, or overwrite its own."""

    def changed(document: Document) -> Document:
        return {**document, "tags": checked_tags(request["Tags"], before=document["tags"])}

    await change_record(call, *place_of(call, request["ResourceARN"]), changed)
    return {}


@operation("UntagResource")
async def untag_resource(
    call: Call, request: shapes.UntagResourceRequest
) -> shapes.UntagResourceResponse:
    """Take tags off an adapter or a version of one."""

    def changed(document: Document) -> Document:
        return {**document, "tags": without(document["tags"], request["TagKeys"])}

    await change_record(call, *place_of(call, request["ResourceARN"]), changed)
    return {}


@operation("ListTagsForResource")
async def list_tags_for_resource(
    call: Call, request: shapes.ListTagsForResourceRequest
) -> shapes.ListTagsForResourceResponse:
    """Answer with the tags of an adapter or of a version of one."""
    found = await call.backends.records.find(*place_of(call, request["ResourceARN"]))
    if found is None:
        raise missing(request["ResourceARN"])
    return {"Tags": found.document["tags"]}
