"""Tags of lexicons.

Source: https://docs.aws.amazon.com/polly/latest/dg/API_TagResource.html
"""

from collections.abc import Callable

from outcrop.operations import Call, operation
from outcrop.operations.records import change
from outcrop.operations.tags import without
from outcrop.services.polly import shapes
from outcrop.services.polly.resources import LEXICON, checked_tags, scope
from outcrop.storage.records.interface import Document, RecordNotFoundError


@operation("TagResource")
async def tag_resource(call: Call, request: shapes.TagResourceInput) -> shapes.TagResourceOutput:
    """Add tags to a lexicon, or give those that it has other values."""
    added = request["Tags"]
    checked_tags(added)
    await _change(call, request["ResourceArn"], lambda tags: checked_tags(added, before=tags))
    return {}


@operation("UntagResource")
async def untag_resource(
    call: Call, request: shapes.UntagResourceInput
) -> shapes.UntagResourceOutput:
    """Take tags off a lexicon."""
    keys = request["TagKeys"]
    await _change(call, request["ResourceArn"], lambda tags: without(tags, keys))
    return {}


@operation("ListTagsForResource")
async def list_tags_for_resource(
    call: Call, request: shapes.ListTagsForResourceInput
) -> shapes.ListTagsForResourceOutput:
    """Answer with a lexicon's tags."""
    name = _name_of(call, request["ResourceArn"])
    record = await call.backends.records.find(scope(call, LEXICON), name)
    if record is None:
        raise _not_found(request["ResourceArn"])
    tags = record.document["tags"]
    return {"Tags": tags} if tags else {}


async def _change(
    call: Call, arn: str, changed: Callable[[dict[str, str]], dict[str, str]]
) -> None:
    def with_tags(document: Document) -> Document:
        return {**document, "tags": changed(document["tags"])}

    try:
        name = _name_of(call, arn)
        await change(call.backends.records, scope(call, LEXICON), name, with_tags)
    except RecordNotFoundError as error:
        raise _not_found(arn) from error


def _name_of(call: Call, arn: str) -> str:
    beginning = call.arn("lexicon/")
    if not arn.startswith("arn:") or ":lexicon/" not in arn:
        raise shapes.InvalidTagParameterException(f"{arn} is no ARN of a lexicon.")
    if not arn.startswith(beginning):
        raise _not_found(arn)
    return arn.removeprefix(beginning)


def _not_found(arn: str) -> shapes.ResourceNotFoundException:
    return shapes.ResourceNotFoundException(f"There is no lexicon {arn}.")
