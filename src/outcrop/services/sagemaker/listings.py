"""Lists of resources, as most kinds have them: filtered, sorted, page by page.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTrainingJobs.html
"""

import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call
from outcrop.operations.paging import PageRequest, page_of
from outcrop.operations.records import every
from outcrop.services.sagemaker.resources import ResourceKind, scope
from outcrop.storage.records.interface import Document, Record

Filter: TypeAlias = Callable[[Document, Any], bool]
"""Tells whether a resource's document passes, given the value that the request has."""

ORDER = ("SortBy", "SortOrder", "MaxResults", "NextToken")
"""Members of a request that say how it lists, not what."""
SIGN = 1 << 63
"""Of a double."""


def contains(name: str) -> Filter:
    """Return a filter for documents whose member contains the value."""
    return lambda document, value: value in document.get(name, "")


def equals(name: str) -> Filter:
    """Return a filter for documents whose member is the value."""
    return lambda document, value: document.get(name) == value


def anything(document: Document, value: object) -> bool:
    """Keep every resource: what the value says was looked up when they were read."""
    del document, value
    return True


def nothing(document: Document, value: object) -> bool:
    """Keep no resource: none here has what is asked for."""
    del document, value
    return False


def times(member: str, name: str) -> Mapping[str, Filter]:
    """Return the filters for a time: those that a request calls `…After` and `…Before`."""
    return {
        f"{member}After": lambda document, moment: document[name] > moment,
        f"{member}Before": lambda document, moment: document[name] < moment,
    }


FILTERS: Mapping[str, Filter] = {
    "NameContains": contains("name"),
    "StatusEquals": equals("status"),
    **times("CreationTime", "created"),
    **times("Created", "created"),
    **times("LastModifiedTime", "modified"),
    **times("ModifiedTime", "modified"),
}
"""Those that mean the same wherever a request has them."""
SORT_KEYS: Mapping[str, str] = {
    "Name": "name",
    "Status": "status",
    "CreationTime": "created",
    "LastModifiedTime": "modified",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How one operation lists resources."""

    member: str
    """Where its answer has them: `TrainingJobSummaries`."""
    filters: Mapping[str, Filter] = field(default_factory=dict[str, Filter])
    """Its own, by the request's members, beside or in place of those that all share."""
    sort_keys: Mapping[str, str] = field(default_factory=dict[str, str])
    """Members of documents by its own values of `SortBy`."""
    sort_by: str = "CreationTime"
    sort_order: str = "Descending"
    limit: int = 10
    """Of a page, if the request names none."""

    def answer(
        self, request: Mapping[str, Any], resources: Iterable[Record], tell: Callable[[Record], Any]
    ) -> Any:
        """Return the page that a request asks for.

        Args:
            request: The operation's input.
            resources: All that it may list.
            tell: Returns a resource's summary.
        """
        found = [record for record in resources if self._keeps(record.document, request)]
        sort_key = {**SORT_KEYS, **self.sort_keys}[request.get("SortBy", self.sort_by)]
        descending = request.get("SortOrder", self.sort_order).lower() == "descending"

        def place(record: Record) -> str:
            return f"{sortable(record.document.get(sort_key))}/{record.name}"

        found.sort(key=place, reverse=descending)
        page = page_of(
            found,
            key=place,
            page=PageRequest(
                limit=request.get("MaxResults", self.limit),
                token=request.get("NextToken"),
                error=ValidationError("Invalid pagination token."),
            ),
            descending=descending,
        )
        answer: dict[str, Any] = {self.member: [tell(record) for record in page.items]}
        if page.next_token:
            answer["NextToken"] = page.next_token
        return answer

    def _keeps(self, document: Document, request: Mapping[str, Any]) -> bool:
        filters = {**FILTERS, **self.filters}
        return all(
            filters[name](document, value) for name, value in request.items() if name not in ORDER
        )


async def all_of(
    call: Call, kind: ResourceKind, *, index: tuple[str, str] | None = None
) -> list[Record]:
    """Return the caller's resources of a kind: all, or those with a secondary key of that value."""
    return [record async for record in every(call.backends.records, scope(call, kind), index=index)]


def sortable(value: datetime | float | str | None) -> str:
    """Return a text that is in the order of the values."""
    match value:
        case None:
            return ""
        case datetime():
            return sortable(value.timestamp())
        case float() | int():
            (bits,) = struct.unpack(">Q", struct.pack(">d", value))
            return f"{bits ^ (2 * SIGN - 1 if bits & SIGN else SIGN):016x}"
        case str():
            return value
