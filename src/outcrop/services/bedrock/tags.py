"""Tags of all resources that carry some.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/tagging.html
"""

from collections.abc import Iterable
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call, operation
from outcrop.operations.tags import (
    RepeatedTagError,
    ReservedTagError,
    TooManyTagsError,
    from_list,
    merged,
    to_list,
    without,
)
from outcrop.services.bedrock import shapes
from outcrop.services.bedrock.resources import KINDS, ResourceKind, find, update
from outcrop.storage.records.interface import Document, Record


@operation("TagResource")
async def tag_resource(
    call: Call, request: shapes.TagResourceRequest
) -> shapes.TagResourceResponse:
    """Add tags to a resource, or overwrite theirs."""
    arn = request["resourceARN"]
    added = checked_tags(request["tags"], arn)

    def changed(document: Document) -> Document:
        return {**document, "tags": _together(document["tags"], added, arn)}

    kind, resource = await _tagged(call, arn)
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


def checked_tags(tags: Iterable[Any], resource: str) -> dict[str, str]:
    """Return a request's tags as they are kept.

    Args:
        tags: As the request has them.
        resource: The name or the ARN of what carries them, for the error.

    Raises:
        ServiceError: They are not to be had.
    """
    try:
        found = from_list(tags, key="key", value="value")
    except ReservedTagError as error:
        raise shapes.ValidationException(
            f"The tag key {error} is invalid: keys that begin with aws: are reserved."
        ) from error
    except RepeatedTagError as error:
        raise shapes.ValidationException(f"The tag key {error} is given twice.") from error
    return _together({}, found, resource)


def _together(tags: dict[str, str], added: dict[str, str], resource: str) -> dict[str, str]:
    try:
        return merged(tags, added)
    except TooManyTagsError as error:
        raise shapes.TooManyTagsException(
            "The request contains more tags than can be associated with a resource (50 tags per"
            " resource).",
            resourceName=resource,
        ) from error


async def _tagged(call: Call, arn: str) -> tuple[ResourceKind, Record]:
    for kind in KINDS.values():
        prefix = call.arn(f"{kind.name}/")
        if arn.startswith(prefix):
            return kind, await find(call, kind, arn)
    raise _no_resource(arn)


def _no_resource(arn: str) -> ServiceError:
    return shapes.ResourceNotFoundException(f"The resource {arn} does not exist.")
