"""Reading and changing records the way most handlers do."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from outcrop.storage.records.interface import (
    Document,
    Record,
    RecordStore,
    Replace,
    Scope,
    StaleRecordError,
    Write,
)

PAGE = 500
TRIES = 100
"""A record that so many others write in between is contended beyond use."""


async def change(
    records: RecordStore,
    scope: Scope,
    name: str,
    changed: Callable[[Document], Document],
    *,
    indexes: Callable[[Document], Mapping[str, str]] | None = None,
    also: Callable[[Document], Sequence[Write]] | None = None,
) -> Record:
    """Replace a record's document by what `changed` makes of it, again if others were faster.

    Args:
        records: Where the record is.
        scope: Which kind it is of.
        name: Which one.
        changed: Returns the new document; may be called more than once, and may raise.
        indexes: Returns the secondary keys of the new document; `None` keeps the record's own.
        also: Returns what is written in one batch with the new document.

    Raises:
        RecordNotFoundError: There is no such record.
        StaleRecordError: Others wrote the record all the time.
    """
    for _ in range(TRIES):
        record = await records.get(scope, name)
        document = changed(dict(record.document))
        keys = indexes(document) if indexes else None
        try:
            replaced = Replace(record=record, document=document, indexes=keys)
            written = await records.write(replaced, *(also(document) if also else ()))
        except StaleRecordError:
            continue
        return next(filter(None, written))
    raise StaleRecordError(name)


async def every(
    records: RecordStore,
    scope: Scope,
    *,
    prefix: str = "",
    index: tuple[str, str] | None = None,
    descending: bool = False,
) -> AsyncIterator[Record]:
    """Give all records of a scope by name, reading a few hundred at a time."""
    after = ""
    while True:
        page = await records.list(
            scope, prefix=prefix, after=after, limit=PAGE, index=index, descending=descending
        )
        for record in page:
            yield record
        if len(page) < PAGE:
            return
        after = page[-1].name
