"""Tags of collections, and of the projects, datasets and models of Custom Labels.

Source: https://docs.aws.amazon.com/rekognition/latest/dg/tag-collections.html
Source: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/tm-tagging-model.html
"""

from collections.abc import Callable, Mapping

from outcrop.operations import Call, operation
from outcrop.operations.records import change
from outcrop.operations.tags import TagRules, without
from outcrop.services.rekognition import shapes
from outcrop.services.rekognition.custom_labels.resources import find_any
from outcrop.services.rekognition.galleries import collection_arn, collections
from outcrop.storage.records.interface import Document, Record, RecordNotFoundError

checked_tags = TagRules(
    reserved=lambda _: shapes.InvalidParameterException("Tag keys cannot start with aws:."),
    too_many=lambda _: shapes.ServiceQuotaExceededException("A resource can have 50 tags."),
).together


@operation("TagResource")
async def tag_resource(
    call: Call, request: shapes.TagResourceRequest
) -> shapes.TagResourceResponse:
    """Add tags to a resource, or overwrite some."""
    added = request["Tags"]
    checked_tags(added)
    await _change(call, request["ResourceArn"], lambda tags: checked_tags(added, before=tags))
    return {}


@operation("UntagResource")
async def untag_resource(
    call: Call, request: shapes.UntagResourceRequest
) -> shapes.UntagResourceResponse:
    """Take tags from a resource."""
    keys = request["TagKeys"]
    await _change(call, request["ResourceArn"], lambda tags: without(tags, keys))
    return {}


@operation("ListTagsForResource")
async def list_tags_for_resource(
    call: Call, request: shapes.ListTagsForResourceRequest
) -> shapes.ListTagsForResourceResponse:
    """Answer with the tags of a resource."""
    return {"Tags": (await _find(call, request["ResourceArn"])).document["tags"]}


async def _change(
    call: Call, arn: str, changed: Callable[[Mapping[str, str]], dict[str, str]]
) -> None:
    def with_tags(document: Document) -> Document:
        return {**document, "tags": changed(document["tags"])}

    record = await _find(call, arn)
    try:
        await change(call.backends.records, record.scope, record.name, with_tags)
    except RecordNotFoundError as error:
        raise _not_found(arn) from error


async def _find(call: Call, arn: str) -> Record:
    if ":project/" in arn:
        return await find_any(call, arn)
    name = arn.rpartition("/")[2]
    record = await call.backends.records.find(collections(call), name) if name else None
    if record is None or arn != collection_arn(call, name):
        raise _not_found(arn)
    return record


def _not_found(arn: str) -> Exception:
    return shapes.ResourceNotFoundException(f"The resource {arn} does not exist.")
