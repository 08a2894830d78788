"""Tags of repositories.

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_TagResource.html
"""

from outcrop.aws.arn import Arn
from outcrop.operations import Call, operation
from outcrop.operations.tags import to_list, without
from outcrop.services.ecr import shapes
from outcrop.services.ecr.places import find_repository
from outcrop.services.ecr.repositories import change_repository
from outcrop.services.ecr.tag_lists import new_tags
from outcrop.storage.records.interface import Record


@operation("TagResource")
async def tag_resource(
    call: Call, request: shapes.TagResourceRequest
) -> shapes.TagResourceResponse:
    """Add tags to a repository."""
    repository = await _tagged(call, request["resourceArn"])
    tags = new_tags(request["tags"], before=repository.document["tags"])
    await change_repository(call, repository, {"tags": tags})
    return {}


@operation("UntagResource")
async def untag_resource(
    call: Call, request: shapes.UntagResourceRequest
) -> shapes.UntagResourceResponse:
    """Remove tags from a repository."""
    repository = await _tagged(call, request["resourceArn"])
    tags = without(repository.document["tags"], request["tagKeys"])
    await change_repository(call, repository, {"tags": tags})
    return {}


@operation("ListTagsForResource")
async def list_tags_for_resource(
    call: Call, request: shapes.ListTagsForResourceRequest
) -> shapes.ListTagsForResourceResponse:
    """Answer with a repository's tags."""
    repository = await _tagged(call, request["resourceArn"])
    return {"tags": to_list(repository.document["tags"])}


async def _tagged(call: Call, arn: str) -> Record:
    try:
        parsed = Arn.parse(arn)
    except ValueError as error:
        raise _invalid() from error
    if not parsed.resource.startswith("repository/"):
        raise _invalid()
    name = parsed.resource.removeprefix("repository/")
    return await find_repository(call, {"repositoryName": name, "registryId": parsed.account})


def _invalid() -> shapes.InvalidParameterException:
    return shapes.InvalidParameterException(
        "Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN'"
    )
