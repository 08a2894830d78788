"""Pages of resources by the time of their creation.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListModelInvocationJobs.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call
from outcrop.operations.paging import Page, PageRequest, page_of, place_in_time
from outcrop.operations.records import every
from outcrop.services.bedrock.resources import ResourceKind, scope
from outcrop.storage.records.interface import Document

MOST_RESULTS = 1000
"""On a page: the most that a request may ask for, and what it gets if it asks for no number."""


def page_request(request: Mapping[str, Any]) -> PageRequest:
    """Return which page a request asks for."""
    return PageRequest(
        limit=request.get("maxResults", MOST_RESULTS),
        token=request.get("nextToken"),
        error=ValidationError("The provided nextToken is invalid."),
    )


async def page_of_resources(
    call: Call,
    kind: ResourceKind,
    request: Mapping[str, Any],
    *,
    keep: Callable[[Document], bool] = lambda _: True,
) -> Page[Document]:
    """Return a page of resources, the youngest first unless the request says `Ascending`.

    Args:
        call: Whose they are.
        kind: What they are.
        request: Which page, and in which order.
        keep: Which of them count.
    """
    found = [
        record.document
        async for record in every(call.backends.records, scope(call, kind.name))
        if keep(record.document)
    ]
    descending = request.get("sortOrder", "Descending") == "Descending"
    found.sort(key=_by_creation, reverse=descending)
    return page_of(found, key=_by_creation, page=page_request(request), descending=descending)


def _by_creation(document: Document) -> str:
    return place_in_time(document["created"], document["id"])
