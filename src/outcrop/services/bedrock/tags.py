"""Tags of all resources that carry some.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/tagging.html
"""

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call, operation
from outcrop.operations.tags import TagRules, to_list, without
from outcrop.services.bedrock import shapes
from outcrop.services.bedrock.resources import KINDS, ResourceKind, find, update
from outcrop.storage.records.interface import Document, Record

checked_tags = TagRules(
    reserved=lambda key: shapes.ValidationException(
        f"The tag key {key} is invalid: keys that begin with aws: are reserved."
    ),
    repeated=lambda key: shapes.ValidationException(f"The tag key {key} is given twice."),
    too_many=lambda resource: shapes.TooManyTagsException(
        "The request contains more tags than can be associated with a resource (50 tags per"
        " resource).",
        resourceName=resource,
    ),
    key="key",
    value="value",
).together


@operation("TagResource")
async def tag_resource(
    call: Call, request: shapes.TagResourceRequest
) -> shapes.TagResourceResponse:
    """Add tags to a resource, or overwrite theirs."""
    arn = request["resourceARN"]
    kind, resource = await _tagged(call, arn)

    def changed(document: Document) -> Document:
        tags = checked_tags(request["tags"], before=document["tags"], resource=arn)
        return {**document, "tags": tags}

    await update(call, resource, kind, changed)
    return {}


@operation("UntagResource")
async def untag_resource(
    call: Call, request: shapes.UntagResourceRequest
) -> shapes.UntagResourceResponse:
    """Take tags off a resource."""
    kind, resource = await _tagged(call, request["resourceARN"])
    keys = request["tagKeys"]
    await update(
        call, resource, kind, lambda document: {**document, "tags": without(document["tags"], keys)}
    )
    return {}


@operation("ListTagsForResource")
async def list_tags_for_resource(
    call: Call, request: shapes.ListTagsForResourceRequest
) -> shapes.ListTagsForResourceResponse:
    """Answer with a resource's tags."""
    _, resource = await _tagged(call, request["resourceARN"])
    return {"tags": to_list(resource.document["tags"], key="key", value="value")}


async def _tagged(call: Call, arn: str) -> tuple[ResourceKind, Record]:
    for kind in KINDS.values():
        prefix = call.arn(f"{kind.name}/")
        if arn.startswith(prefix):
            return kind, await find(call, kind, arn)
    raise _no_resource(arn)


def _no_resource(arn: str) -> ServiceError:
    return shapes.ResourceNotFoundException(f"The resource {arn} does not exist.")
