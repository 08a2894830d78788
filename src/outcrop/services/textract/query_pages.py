"""The pages that queries ask: numbers, ranges, and all of them.

Source: https://docs.aws.amazon.com/textract/latest/dg/API_Query.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from outcrop.services.textract import shapes

Query = Mapping[str, Any]
ALL = "*"
FIRST = ("1",)
"""What a query asks that names no pages."""
PART = re.compile(r"([1-9]\d{0,3})(?:-([1-9]\d{0,3}|\*))?")
"""The longest documents have 3,000 pages."""


def check_pages(query: Query) -> None:
    """Refuse pages that are named in no way which is known.

    Raises:
        InvalidParameterException: So it is.
    """
    named: Sequence[str] = query.get("Pages", FIRST)
    if ALL in named and len(named) > 1:
        raise shapes.InvalidParameterException(
            f"Pages of a query that has {ALL} has nothing else: {', '.join(named)}."
        )
    for part in named:
        if part != ALL and not _is_range(part):
            raise shapes.InvalidParameterException(
                f"Pages of a query are numbers, ranges such as 2-5 or 7-*, or *; not {part!r}."
            )


def pages_of(query: Query, pages: int) -> frozenset[int]:
    """Return the numbers of the pages that a query asks, be they there or not.

    Args:
        query: Whose pages have been checked.
        pages: How many the document has.
    """
    named: Sequence[str] = query.get("Pages", FIRST)
    return frozenset(number for part in named for number in _numbers(part, pages))


def wrong_pages(queries: Sequence[Query], pages: int, *, most: int) -> list[int]:
    """Return the numbers of pages that are not there, and of those that are asked too much.

    Args:
        queries: Of a request.
        pages: How many the document has.
        most: Queries a page.
    """
    asked = [number for query in queries for number in pages_of(query, pages)]
    return [number for number in sorted(set(asked)) if number > pages or asked.count(number) > most]


def _is_range(part: str) -> bool:
    match = PART.fullmatch(part)
    if match is None:
        return False
    first, last = match.groups()
    return last is None or last == ALL or int(first) <= int(last)


def _numbers(part: str, pages: int) -> Iterator[int]:
    """Give the numbers that a part names; the first of a range in any case."""
    if part == ALL:
        return iter(range(1, pages + 1))
    first, _, last = part.partition("-")
    end = pages if last == ALL else int(last or first)
    return iter(range(int(first), max(int(first), end) + 1))
