"""TagResource, UntagResource and ListTagsForResource.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_TagResource.html
"""

from outcrop.operations import Call, operation
from outcrop.operations.records import change
from outcrop.operations.tags import to_list, without
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.arns import seek
from outcrop.services.comprehend.kinds import JOBS, RESOURCES
from outcrop.services.comprehend.tagging import checked_tags
from outcrop.storage.records.interface import Document, Record


@operation("TagResource")
async def tag_resource(
    call: Call, request: shapes.TagResourceRequest
) -> shapes.TagResourceResponse:
    """Add tags to a resource, or overwrite them."""
    resource = await _find(call, request["ResourceArn"])

    def tagged(document: Document) -> Document:
        tags = checked_tags(request["Tags"], before=document["tags"])
        return {**document, "tags": tags}

    await change(call.backends.records, resource.scope, resource.name, tagged)
    return {}


@operation("UntagResource")
async def untag_resource(
    call: Call, request: shapes.UntagResourceRequest
) -> shapes.UntagResourceResponse:
    """Take tags off a resource."""
    resource = await _find(call, request["ResourceArn"])

    def untagged(document: Document) -> Document:
        return {**document, "tags": without(document["tags"], request["TagKeys"])}

    await change(call.backends.records, resource.scope, resource.name, untagged)
    return {}


@operation("ListTagsForResource")
async def list_tags_for_resource(
    call: Call, request: shapes.ListTagsForResourceRequest
) -> shapes.ListTagsForResourceResponse:
    """Answer with the tags of a resource."""
    resource = await _find(call, request["ResourceArn"])
    return {
        "ResourceArn": request["ResourceArn"],
        "Tags": to_list(resource.document["tags"]),
    }


async def _find(call: Call, arn: str) -> Record:
    for kind in (*JOBS, *RESOURCES):
        if found := await seek(call, kind, arn):
            return found
    raise shapes.ResourceNotFoundException(
        f"The resource {arn} was not found. Check the resource ARN and try your request again."
    )
