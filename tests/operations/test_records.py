"""Records read and changed as handlers do."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from outcrop.operations.records import change, every
from outcrop.storage.records.interface import (
    Create,
    Document,
    RecordNotFoundError,
    Scope,
    StaleRecordError,
)
from outcrop.storage.records.sqlite import SqliteRecordStore

SCOPE = Scope("1", "r", "s", "k")


@pytest.fixture
async def records(tmp_path: Path) -> AsyncIterator[SqliteRecordStore]:
    store = await SqliteRecordStore.open(tmp_path / "records.sqlite")
    yield store
    await store.close()


def one_more(document: Document) -> Document:
    return {"count": document["count"] + 1}


@pytest.mark.anyio
async def test_changes_at_the_same_time_all_happen(records: SqliteRecordStore) -> None:
    await records.write(Create(scope=SCOPE, name="a", document={"count": 0}))

    await asyncio.gather(*(change(records, SCOPE, "a", one_more) for _ in range(20)))

    assert (await records.get(SCOPE, "a")).document == {"count": 20}


@pytest.mark.anyio
async def test_a_change_keeps_or_renews_the_secondary_keys(records: SqliteRecordStore) -> None:
    create = Create(scope=SCOPE, name="a", document={"count": 0}, indexes={"parity": "even"})
    await records.write(create)

    kept = await change(records, SCOPE, "a", one_more)
    renewed = await change(records, SCOPE, "a", one_more, indexes=lambda _: {"parity": "odd"})

    assert (kept.indexes, renewed.indexes) == ({"parity": "even"}, {"parity": "odd"})


@pytest.mark.anyio
async def test_a_missing_record_is_not_made(records: SqliteRecordStore) -> None:
    with pytest.raises(RecordNotFoundError):
        await change(records, SCOPE, "a", one_more)


@pytest.mark.anyio
async def test_a_record_that_others_always_write_is_given_up(records: SqliteRecordStore) -> None:
    class Contended:
        """A store in which somebody else is always faster."""

        get = records.get

        async def write(self, *writes: object) -> None:
            raise StaleRecordError("a")

    await records.write(Create(scope=SCOPE, name="a", document={"count": 0}))

    with pytest.raises(StaleRecordError):
        await change(Contended(), SCOPE, "a", one_more)  # pyright: ignore[reportArgumentType] - all that is used


@pytest.mark.anyio
async def test_every_record_comes_once_in_either_direction(records: SqliteRecordStore) -> None:
    names = [f"n{number:04d}" for number in range(1001)]
    await records.write(*(Create(scope=SCOPE, name=name, document={}) for name in names))

    up = [record.name async for record in every(records, SCOPE)]
    down = [record.name async for record in every(records, SCOPE, descending=True)]

    assert (up, down) == (names, names[::-1])
