"""Pages of what carries the moment of its creation, and the filters that go by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from outcrop.operations.paging import PageRequest, page_of, place_in_time
from outcrop.services.comprehend import shapes
from outcrop.storage.records.interface import Record

T = TypeVar("T")

PAGE = 100
"""Items on a page of a request that names no number: our own bound, AWS documents none."""


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """Some items of a list, in order."""

    items: Sequence[T]
    next_token: str | None

    @classmethod
    def by_name(cls, names: Sequence[str], request: Mapping[str, Any]) -> "Listing[str]":
        """Return the page of names that a request asks for."""
        page = page_of(names, key=str, page=_asked(request))
        return Listing(page.items, page.next_token)

    def answer(self, member: str, told: Sequence[Any]) -> dict[str, Any]:
        """Return the output of a list operation, with these in place of the items."""
        return {member: told, **({"NextToken": self.next_token} if self.next_token else {})}


def check_filter(chosen: Mapping[str, Any]) -> None:
    """Refuse a filter of more than one member.

    Raises:
        InvalidFilterException: See there.
    """
    if len(chosen) > 1:
        raise shapes.InvalidFilterException("Only one filter can be set at a time.")


def newest_first(
    records: Sequence[Record], chosen: Mapping[str, Any], request: Mapping[str, Any], *, after: str
) -> Listing[Record]:
    """Return a page of records that were made when a filter says.

    Args:
        records: All that pass the filter otherwise.
        chosen: The filter. With a moment before which they were made, the oldest come first.
        request: Which page.
        after: What the filter calls the moment after which they were made: `SubmitTimeAfter`.
    """
    before = after.replace("After", "Before")
    passing = [
        each
        for each in records
        if (after not in chosen or each.document["created"] > chosen[after])
        and (before not in chosen or each.document["created"] < chosen[before])
    ]
    descending = before not in chosen
    passing.sort(key=_by_time, reverse=descending)
    page = page_of(passing, key=_by_time, page=_asked(request), descending=descending)
    return Listing(page.items, page.next_token)


def _asked(request: Mapping[str, Any]) -> PageRequest:
    return PageRequest(
        limit=request.get("MaxResults", PAGE),
        token=request.get("NextToken"),
        error=shapes.InvalidRequestException("The NextToken is invalid."),
    )


def _by_time(record: Record) -> str:
    return place_in_time(record.document["created"], record.name)
