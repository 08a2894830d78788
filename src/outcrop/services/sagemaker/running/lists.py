"""Lists of jobs: filtered, sorted, paged.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTrainingJobs.html
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call
from outcrop.operations.paging import Page, PageRequest, page_of
from outcrop.operations.records import every
from outcrop.services.sagemaker.resources import ResourceKind, scope
from outcrop.storage.records.interface import Document

MOST_RESULTS = 10
"""On a page, if the request asks for no number."""
SORT_KEYS = {"Name": "name", "CreationTime": "created", "Status": "status"}


async def listed(
    call: Call,
    kind: ResourceKind,
    request: Mapping[str, Any],
    *,
    passes: Callable[[Document], bool] = lambda _: True,
) -> Page[Document]:
    """Return a page of the jobs that pass the filters that all such lists have, and `passes`."""
    found = [
        job.document
        async for job in every(call.backends.records, scope(call, kind))
        if _passes(job.document, request) and passes(job.document)
    ]
    sort_key = SORT_KEYS[request.get("SortBy", "CreationTime")]
    descending = request.get("SortOrder", "Descending") == "Descending"

    def place(job: Document) -> str:
        value = job[sort_key]
        moment = f"{value.timestamp():020.6f}" if isinstance(value, datetime) else value
        return f"{moment}/{job['name']}"

    found.sort(key=place, reverse=descending)
    return page_of(
        found,
        key=place,
        page=PageRequest(
            limit=request.get("MaxResults", MOST_RESULTS),
            token=request.get("NextToken"),
            error=ValidationError("Invalid pagination token."),
        ),
        descending=descending,
    )


def _passes(job: Document, request: Mapping[str, Any]) -> bool:
    moments = (("Creation", "created"), ("LastModified", "modified"))
    return (
        all(
            (request.get(f"{name}TimeAfter") is None or job[key] > request[f"{name}TimeAfter"])
            and (
                request.get(f"{name}TimeBefore") is None or job[key] < request[f"{name}TimeBefore"]
            )
            for name, key in moments
        )
        and request.get("NameContains", "") in job["name"]
        and request.get("StatusEquals", job["status"]) == job["status"]
    )
