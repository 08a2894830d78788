"""Tags of all resources that carry some.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AddTags.html
"""

from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call, operation
from outcrop.operations.paging import PageRequest, page_of
from outcrop.operations.tags import TagRules, to_list, without
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.resources import find_by_arn, update
from outcrop.storage.records.interface import Document

MOST_RESULTS = 50

checked_tags = TagRules(
    reserved=lambda key: ValidationError(
        f"Tag key {key} is invalid: keys that start with aws: are reserved for AWS."
    ),
    repeated=lambda key: ValidationError(f"Duplicate tag key: {key}."),
    too_many=lambda _: shapes.ResourceLimitExceeded("A resource carries at most 50 tags."),
).together


@operation("AddTags")
async def add_tags(call: Call, request: shapes.AddTagsInput) -> shapes.AddTagsOutput:
    """Add tags to a resource, or overwrite theirs, and answer with all that it carries."""
    resource = await find_by_arn(call, request["ResourceArn"])

    def changed(document: Document) -> Document:
        return {**document, "tags": checked_tags(request["Tags"], before=document["tags"])}

    resource = await update(call, resource, changed)
    tags: list[Any] = to_list(resource.document["tags"])
    return {"Tags": tags}


@operation("DeleteTags")
async def delete_tags(call: Call, request: shapes.DeleteTagsInput) -> shapes.DeleteTagsOutput:
    """Take tags off a resource."""
    resource = await find_by_arn(call, request["ResourceArn"])
    keys = request["TagKeys"]
    await update(
        call, resource, lambda document: {**document, "tags": without(document["tags"], keys)}
    )
    return {}


@operation("ListTags")
async def list_tags(call: Call, request: shapes.ListTagsInput) -> shapes.ListTagsOutput:
    """Answer with a resource's tags."""
    resource = await find_by_arn(call, request["ResourceArn"])
    page = page_of(
        sorted(resource.document["tags"].items()),
        key=lambda tag: tag[0],
        page=PageRequest(
            limit=request.get("MaxResults", MOST_RESULTS),
            token=request.get("NextToken"),
            error=ValidationError("Invalid pagination token."),
        ),
    )
    tags: list[Any] = to_list(dict(page.items))
    answer: shapes.ListTagsOutput = {"Tags": tags}
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer
