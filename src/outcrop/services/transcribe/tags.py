"""Tags of all resources that carry some.

Source: https://docs.aws.amazon.com/transcribe/latest/dg/tagging.html
"""

from outcrop.operations import Call, operation
from outcrop.operations.records import change
from outcrop.operations.tags import TagRules, to_list, without
from outcrop.services.transcribe import shapes
from outcrop.services.transcribe.resources import KINDS, find
from outcrop.storage.records.interface import Document, Record

checked_tags = TagRules(
    reserved=lambda key: shapes.BadRequestException(
        f"The tag key {key} isn't valid: keys that begin with aws: are reserved."
    ),
    repeated=lambda key: shapes.BadRequestException(f"The tag key {key} is given twice."),
    too_many=lambda _: shapes.BadRequestException("A resource can have up to 50 tags."),
).together


@operation("TagResource")
async def tag_resource(
    call: Call, request: shapes.TagResourceRequest
) -> shapes.TagResourceResponse:
    """Add tags to a resource, or overwrite theirs."""
    record = await _tagged(call, request["ResourceArn"])

    def changed(document: Document) -> Document:
        return {**document, "tags": checked_tags(request["Tags"], before=document["tags"])}

    await change(call.backends.records, record.scope, record.name, changed)
    return {}


@operation("UntagResource")
async def untag_resource(
    call: Call, request: shapes.UntagResourceRequest
) -> shapes.UntagResourceResponse:
    """Take tags off a resource."""
    record = await _tagged(call, request["ResourceArn"])
    keys = request["TagKeys"]

    def changed(document: Document) -> Document:
        return {**document, "tags": without(document["tags"], keys)}

    await change(call.backends.records, record.scope, record.name, changed)
    return {}


@operation("ListTagsForResource")
async def list_tags_for_resource(
    call: Call, request: shapes.ListTagsForResourceRequest
) -> shapes.ListTagsForResourceResponse:
    """Answer with a resource's tags."""
    record = await _tagged(call, request["ResourceArn"])
    answer: shapes.ListTagsForResourceResponse = {"ResourceArn": request["ResourceArn"]}
    if record.document["tags"]:
        answer["Tags"] = to_list(record.document["tags"])
    return answer


async def _tagged(call: Call, arn: str) -> Record:
    for kind in KINDS:
        prefix = call.arn(f"{kind.name}/")
        if arn.startswith(prefix):
            return await find(call, kind, arn.removeprefix(prefix))
    raise shapes.NotFoundException(f"The resource {arn} couldn't be found.")
