"""Tags of scalable targets.

Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TagResource.html
"""

from outcrop.operations import Call, operation
from outcrop.operations.records import change
from outcrop.operations.tags import without
from outcrop.services.application_autoscaling import shapes
from outcrop.services.application_autoscaling.places import TARGET, scope
from outcrop.services.application_autoscaling.scalable_targets import target_arn
from outcrop.services.application_autoscaling.tag_lists import new_tags
from outcrop.storage.records.interface import Document, Record


@operation("TagResource")
async def tag_resource(
    call: Call, request: shapes.TagResourceRequest
) -> shapes.TagResourceResponse:
    """Add tags to a target."""
    arn = request["ResourceARN"]
    target = await _tagged(call, arn)

    def changed(document: Document) -> Document:
        tags = new_tags(request["Tags"], before=document["tags"], resource=arn)
        return {**document, "tags": tags}

    await change(call.backends.records, target.scope, target.name, changed)
    return {}


@operation("UntagResource")
async def untag_resource(
    call: Call, request: shapes.UntagResourceRequest
) -> shapes.UntagResourceResponse:
    """Remove tags from a target."""
    target = await _tagged(call, request["ResourceARN"])
    await change(
        call.backends.records,
        target.scope,
        target.name,
        lambda document: {**document, "tags": without(document["tags"], request["TagKeys"])},
    )
    return {}


@operation("ListTagsForResource")
async def list_tags_for_resource(
    call: Call, request: shapes.ListTagsForResourceRequest
) -> shapes.ListTagsForResourceResponse:
    """Answer with a target's tags."""
    target = await _tagged(call, request["ResourceARN"])
    return {"Tags": target.document["tags"]}


async def _tagged(call: Call, arn: str) -> Record:
    target_id = arn.rpartition("/")[2]
    found = await call.backends.records.list(scope(call, TARGET), index=("id", target_id), limit=1)
    if not found or target_arn(call, target_id) != arn:
        raise shapes.ResourceNotFoundException(
            f"The resource does not exist: {arn}", ResourceName=arn
        )
    return found[0]
