"""Models and endpoint configurations: resources that are what they were made of, and a time."""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.operations import Call
from outcrop.services.sagemaker.listings import Listing, all_of
from outcrop.services.sagemaker.resources import ResourceKind, add, arn_of, find
from outcrop.services.sagemaker.tags import checked_tags


async def keep(
    call: Call, kind: ResourceKind, name: str, given: Mapping[str, Any], tags: Sequence[Any]
) -> str:
    """Keep a request under a name, and return the ARN of what it made.

    Raises:
        ServiceError: There is one of this name, or a tag cannot be.
    """
    await add(call, kind, name, {"request": given, "tags": checked_tags(tags)})
    return arn_of(call, kind, name)


async def described(call: Call, kind: ResourceKind, name: str, *, noun: str) -> Any:
    """Return a resource as its Describe operation tells it.

    Args:
        call: Who asks.
        kind: Of what.
        name: Which one.
        noun: How members name the kind: `Model`.
    """
    kept = await find(call, kind, name)
    return {
        "EnableNetworkIsolation": False,
        **kept.document["request"],
        f"{noun}Arn": arn_of(call, kind, kept.name),
        "CreationTime": kept.document["created"],
    }


async def listed(
    call: Call, kind: ResourceKind, listing: Listing, request: Any, *, noun: str
) -> Any:
    """Return the resources that pass all filters, as the List operation tells them."""
    return listing.answer(
        request,
        await all_of(call, kind),
        lambda kept: {
            f"{noun}Name": kept.name,
            f"{noun}Arn": arn_of(call, kind, kept.name),
            "CreationTime": kept.document["created"],
        },
    )
