"""Walking a bucket's keys in order, folding those below a common prefix into one.

A common prefix is passed over by one look-up beyond it, however many keys lie below it.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote_plus

from outcrop.operations.paging import from_token
from outcrop.services.s3.errors import InvalidArgumentError
from outcrop.services.s3.names import END_OF_KEY, beyond, key_of, record_name
from outcrop.storage.records.interface import Record, RecordStore, Scope

MOST_ENTRIES = 1000
"""Of one page.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""
MOST_ASKED = (1 << 31) - 1
FEWEST_READ = 4
"""Records read at once after a common prefix: the next one may be just behind."""
SAFE_IN_URL = "/*"
COUNTS = frozenset(("max-buckets", "max-keys", "max-parts", "max-uploads"))


class Entry(NamedTuple):
    """A record on the way."""

    position: str
    """Orders the entries; the walk goes on beyond it."""
    record: Record

    @property
    def key(self) -> str:
        """The object's key."""
        return key_of(self.position.partition(END_OF_KEY)[0])


Fetch = Callable[[str, int], Awaitable[Sequence[Entry]]]
"""Gives the entries beyond a position, in order, at most so many; fewer at the end only."""


@dataclass(slots=True)
class Page:
    """What a walk came by: entries and common prefixes, each in order."""

    entries: list[Entry] = field(default_factory=list[Entry])
    prefixes: list[str] = field(default_factory=list[str])
    last: Entry | str = ""
    """The entry or the common prefix that the page ends with."""
    is_truncated: bool = False

    def __len__(self) -> int:
        return len(self.entries) + len(self.prefixes)

    @property
    def last_key(self) -> str:
        """The key, or the common prefix, that the page ends with."""
        return self.last if isinstance(self.last, str) else self.last.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Which keys to walk over."""

    prefix: str = ""
    delimiter: str = ""
    limit: int = MOST_ENTRIES

    def folded(self, key: str) -> str | None:
        """Return the common prefix that a key lies below, if any."""
        if not self.delimiter or not key.startswith(self.prefix):
            return None
        at = key.find(self.delimiter, len(self.prefix))
        return key[: at + len(self.delimiter)] if at >= 0 else None

    def beyond(self, marker: str) -> str:
        """Return the position to go on from behind a key or a common prefix."""
        prefix = self.folded(marker)
        return record_name(marker) if prefix is None else beyond(record_name(prefix))

    async def page(self, fetch: Fetch, after: str) -> Page:
        """Return the entries beyond a position."""
        page = Page()
        if self.limit < 1:
            return page
        batch = FEWEST_READ if self.delimiter else self.limit + 1
        while True:
            entries = await fetch(after, batch)
            skipped = self._take(entries, page)
            if page.is_truncated or len(entries) < batch:
                return page
            after = entries[-1].position if skipped is None else beyond(record_name(skipped))
            batch = FEWEST_READ if skipped is not None else min(batch * 4, self.limit + 1)

    def _take(self, entries: Sequence[Entry], page: Page) -> str | None:
        """Add entries to a page; return the common prefix that the last one is below, if any."""
        prefix: str | None = None
        for entry in entries:
            prefix = self.folded(entry.key) if self.delimiter else None
            if prefix is not None and page.prefixes and page.prefixes[-1] == prefix:
                continue
            if len(page) == self.limit:
                page.is_truncated = True
                break
            if prefix is None:
                page.entries.append(entry)
                page.last = entry
            else:
                page.prefixes.append(prefix)
                page.last = prefix
        return prefix


def fetching(records: RecordStore, scope: Scope, prefix: str) -> Fetch:
    """Return what fetches the records of a scope whose key begins with a prefix."""
    return partial(_fetch, records, scope, record_name(prefix))


async def _fetch(
    records: RecordStore, scope: Scope, prefix: str, after: str, limit: int
) -> Sequence[Entry]:
    found = await records.list(scope, prefix=prefix, after=after, limit=limit)
    return [Entry(record.name, record) for record in found]


def place_of(token: str | None) -> str:
    """Return the place that a continuation token names, the empty string for no token.

    Raises:
        InvalidArgumentError: It is none of ours.
    """
    error = InvalidArgumentError(
        "The continuation token provided is incorrect", name="continuation-token"
    )
    place = from_token(token, error=error)
    if (token is not None and not place) or any(0xD800 <= ord(sign) < 0xE000 for sign in place):
        raise error
    return place


def page_limit(asked: int | None, name: str) -> int:
    """Return how many entries a page gets, given how many were asked for."""
    if asked is None:
        return MOST_ENTRIES
    check_number(asked, name)
    return min(asked, MOST_ENTRIES)


def number_marker(marker: str | int | None, name: str) -> int:
    """Return the number that a marker is, 0 for none."""
    text = str(marker or 0)
    if not (text.removeprefix("-").isdecimal() and text.isascii()) or len(text) > 20:
        raise InvalidArgumentError(
            f"Provided {name} not an integer or within integer range", name=name, value=text
        )
    check_number(int(text), name)
    return int(text)


def check_number(asked: int, name: str) -> None:
    """Refuse a number of entries, or a marker, that is none."""
    if asked < 0:
        raise InvalidArgumentError(
            f"Argument {name} must be an integer between 0 and {MOST_ASKED}", name=name, value=asked
        )
    if asked > MOST_ASKED:
        raise InvalidArgumentError(
            f"Provided {name} not an integer or within integer range", name=name, value=asked
        )


def wrong_count(query_string: str) -> InvalidArgumentError | None:
    """Return the error for a number of entries that is no number of 32 bits, `None` for none."""
    for name, text in parse_qsl(query_string):
        if name in COUNTS:
            try:
                number_marker(text, name)
            except InvalidArgumentError as error:
                return error
    return None


def check_encoding(encoding: str | None) -> None:
    """Refuse an encoding of keys that S3 does not know."""
    if encoding is not None and encoding != "url":
        raise InvalidArgumentError(
            "Invalid Encoding Method specified in Request", name="encoding-type", value=encoding
        )


def encoder(encoding: str | None) -> Callable[[str], str]:
    """Return what writes keys as the client asked for them."""
    check_encoding(encoding)
    return partial(quote_plus, safe=SAFE_IN_URL) if encoding else str


def common_prefixes(page: Page, encode: Callable[[str], str]) -> dict[str, Any]:
    """Return the member of an answer that holds the common prefixes, if there are some."""
    prefixes = [{"Prefix": encode(prefix)} for prefix in page.prefixes]
    return {"CommonPrefixes": prefixes} if prefixes else {}
