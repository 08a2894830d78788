"""What is done by another service, and what is noted of it, happen together or not at all."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from outcrop.operations.together import TogetherStore
from outcrop.storage.records.interface import Create, Put, RecordExistsError, Scope
from outcrop.storage.records.sqlite import SqliteRecordStore

SCOPE = Scope("1", "r", "s", "k")
NOTE = Put(scope=SCOPE, name="note", document={"offset": 7})


@pytest.fixture
async def records(tmp_path: Path) -> AsyncIterator[SqliteRecordStore]:
    store = await SqliteRecordStore.open(tmp_path / "records.sqlite")
    yield store
    await store.close()


def made(name: str) -> Create:
    return Create(scope=SCOPE, name=name, document={})


@pytest.mark.anyio
async def test_a_note_is_written_with_the_first_write_alone(records: SqliteRecordStore) -> None:
    both = TogetherStore(records, NOTE)

    first = await both.write(made("a"))
    await both.write(made("b"))
    await both.finish()

    assert [record.name for record in first if record] == ["a"]
    kept = {record.name: record.version for record in await both.list(SCOPE)}
    assert kept == {"a": 1, "b": 1, "note": 1}


@pytest.mark.anyio
async def test_a_note_waits_for_a_write_that_succeeds(records: SqliteRecordStore) -> None:
    await records.write(made("a"))
    both = TogetherStore(records, NOTE)

    with pytest.raises(RecordExistsError):
        await both.write(made("a"))
    assert await both.find(SCOPE, "note") is None
    await both.write(made("b"))

    assert (await both.get(SCOPE, "note")).document == {"offset": 7}


@pytest.mark.anyio
async def test_a_note_is_written_though_nothing_else_is(records: SqliteRecordStore) -> None:
    both = TogetherStore(records, NOTE)

    await both.finish()

    assert await both.count(SCOPE) == 1
