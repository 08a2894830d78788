"""Tags of all resources that carry some.

Source: https://docs.aws.amazon.com/transcribe/latest/dg/tagging.html
"""

from collections.abc import Iterable
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.records import change
from outcrop.operations.tags import (
    RepeatedTagError,
    ReservedTagError,
    TooManyTagsError,
    from_list,
    merged,
    to_list,
    without,
)
from outcrop.services.transcribe import shapes
from outcrop.services.transcribe.resources import KINDS, find
from outcrop.storage.records.interface import Document, Record


@operation("TagResource")
async def tag_resource(
    call: Call, request: shapes.TagResourceRequest
) -> shapes.TagResourceResponse:
    """Add tags to a resource, or overwrite theirs."""
    record = await _tagged(call, request["ResourceArn"])
    added = checked_tags(request["Tags"])

    def changed(document: Document) -> Document:
        return {**document, "tags": _together(document["tags"], added)}

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


def checked_tags(tags: Iterable[Any]) -> dict[str, str]:
    """Return a request's tags as they are kept.

    Raises:
        ServiceError: They are not to be had.
    """
    try:
        return _together({}, from_list(tags))
    except ReservedTagError as error:
        raise shapes.BadRequestException(
            f"The tag key {error} isn't valid: keys that begin with aws: are reserved."
        ) from error
    except RepeatedTagError as error:
        raise shapes.BadRequestException(f"The tag key {error} is given twice.") from error


def _together(tags: dict[str, str], added: dict[str, str]) -> dict[str, str]:
    try:
        return merged(tags, added)
    except TooManyTagsError as error:
        raise shapes.BadRequestException("A resource can have up to 50 tags.") from error


async def _tagged(call: Call, arn: str) -> Record:
    for kind in KINDS:
        prefix = call.arn(f"{kind.name}/")
        if arn.startswith(prefix):
            return await find(call, kind, arn.removeprefix(prefix))
    raise shapes.NotFoundException(f"The resource {arn} couldn't be found.")
