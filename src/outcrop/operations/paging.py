"""Pages of lists, and the opaque tokens that lead from one to the next.

A token names the last item that was seen, not a count: what is created or deleted meanwhile moves
no other item from its page, and a token stays good as long as the resource list does.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from outcrop.aws.errors import ServiceError
from outcrop.aws.user_json import read_json
from outcrop.storage.records.interface import Record, RecordStore, Scope

T = TypeVar("T")

READ_AHEAD = 200
"""Records read at once while looking for those that a filter keeps."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list, in order."""

    items: Sequence[T]
    next_token: str | None = None
    """Leads to the following page; `None` after the last item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """Which page a caller wants."""

    limit: int
    """Items on a page, at least 1."""
    token: str | None
    """Of the page before; `None` for the first page."""
    error: ServiceError
    """Raised for a token that is not one of ours."""

    def place(self) -> str:
        """Return the place that the token names, the empty string for no token."""
        return from_token(self.token, error=self.error)


def to_token(place: str) -> str:
    """Return an opaque token for a place in a list."""
    packed = json.dumps(["v1", place], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def from_token(token: str | None, *, error: ServiceError) -> str:
    """Return the place that a token names, the empty string for no token.

    Raises:
        ServiceError: `error`, for a token that `to_token` did not make.
    """
    if not token:
        return ""
    try:
        packed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        version, place = read_json(packed)
    except (binascii.Error, ValueError, TypeError) as problem:
        raise error from problem
    if version != "v1" or not isinstance(place, str):
        raise error
    return place


def place_in_time(moment: datetime, name: str) -> str:
    """Return the place of what was made at a moment, in a list that is ordered by time."""
    return f"{moment.timestamp():020.6f}/{name}"


def page_of(
    items: Iterable[T], *, key: Callable[[T], str], page: PageRequest, descending: bool = False
) -> Page[T]:
    """Return a page of a list at hand: the items behind the one that the token names.

    An item that has gone since is passed over by its key, so the list must be ordered by `key`,
    upwards or `descending`, wherever items may go.
    """
    listed = list(items)
    place = page.place()
    start = 0
    if place:
        at = next((at for at, item in enumerate(listed) if key(item) == place), None)
        seen = sum(key(item) > place if descending else key(item) < place for item in listed)
        start = seen if at is None else at + 1
    chosen = listed[start : start + page.limit]
    more = start + page.limit < len(listed)
    return Page(chosen, to_token(key(chosen[-1])) if more and chosen else None)


async def page_of_records(
    records: RecordStore,
    scope: Scope,
    page: PageRequest,
    *,
    prefix: str = "",
    index: tuple[str, str] | None = None,
    keep: Callable[[Record], bool] | None = None,
) -> Page[Record]:
    """Return a page of the records of a scope, by name.

    Args:
        records: Where they are.
        scope: Which they are.
        page: Which of its pages.
        prefix: Only names that start so.
        index: Only records whose secondary key has this value.
        keep: Which records count; `None`: all.
    """
    place = page.place()
    kept: list[Record] = []
    step = page.limit + 1 if keep is None else max(page.limit + 1, READ_AHEAD)
    while True:
        read = await records.list(scope, prefix=prefix, after=place, limit=step, index=index)
        kept += [record for record in read if keep is None or keep(record)]
        if len(kept) > page.limit:
            return Page(kept[: page.limit], to_token(kept[page.limit - 1].name))
        if len(read) < step:
            return Page(kept)
        place = read[-1].name
