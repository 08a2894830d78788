"""What PostgreSQL needs beyond the promises of record stores."""

import asyncio
from typing import Any

import asyncpg
import pytest

from outcrop.storage.records.interface import Create, Put, RecordsUnavailableError, Scope
from outcrop.storage.records.postgres import (
    ForgivingConnection,
    PostgresRecordSettings,
    PostgresRecordStore,
)
from outcrop.storage.schema import NewerSchemaError

pytestmark = pytest.mark.anyio

THINGS = Scope("123456789012", "", "test", "thing")


async def test_tables_of_a_newer_schema_are_refused(postgres_url: str):
    await (await PostgresRecordStore.open(postgres_url)).close()
    connection = await asyncpg.connect(postgres_url)
    await connection.execute("UPDATE schema_version SET version = 7")
    await connection.close()

    with pytest.raises(NewerSchemaError, match="schema version 7, but this Outcrop knows versions"):
        await PostgresRecordStore.open(postgres_url)


async def test_servers_may_start_together(postgres_url: str):
    stores = await asyncio.gather(*(PostgresRecordStore.open(postgres_url) for _ in range(4)))

    await stores[0].write(Create(scope=THINGS, name="a", document={}))

    assert [len(await store.list(THINGS)) for store in stores] == [1, 1, 1, 1]
    await asyncio.gather(*(store.close() for store in stores))


async def test_more_calls_than_connections_wait(postgres_url: str):
    settings = PostgresRecordSettings(most_connections=2)
    records = await PostgresRecordStore.open(postgres_url, settings)

    await asyncio.gather(
        *(records.write(Put(scope=THINGS, name=f"{n}", document={})) for n in range(50))
    )

    assert await records.count(THINGS) == 50
    await records.close()


async def test_a_cancelled_write_happens_all_the_same(postgres_url: str):
    records = await PostgresRecordStore.open(postgres_url)
    writing = asyncio.ensure_future(records.write(Create(scope=THINGS, name="a", document={})))
    await asyncio.sleep(0)  # so that it has begun
    writing.cancel()
    await records.close()

    records = await PostgresRecordStore.open(postgres_url)
    assert writing.cancelled()
    assert await records.count(THINGS) == 1
    await records.close()


async def test_the_store_finds_a_server_that_started_again(postgres: Any, postgres_url: str):
    settings = PostgresRecordSettings(most_connections=3)
    records = await PostgresRecordStore.open(postgres_url, settings)
    await asyncio.gather(
        *(records.write(Put(scope=THINGS, name=f"{n}", document={})) for n in range(10))
    )
    postgres.kill()
    postgres.start_again()

    assert await records.count(THINGS) == 10
    await records.write(Put(scope=THINGS, name="later", document={}))
    assert await records.count(THINGS) == 11
    await records.close()


async def test_a_server_that_is_away_is_told_as_such(postgres: Any, postgres_url: str):
    records = await PostgresRecordStore.open(postgres_url)
    put = Put(scope=THINGS, name="a", document={})
    postgres.kill()

    outcomes = await asyncio.gather(
        records.find(THINGS, "a"),
        records.list(THINGS),
        records.count(THINGS),
        records.scopes(),
        records.write(put),
        records.clear(THINGS.account),
        return_exceptions=True,
    )
    postgres.start_again()

    assert {type(outcome) for outcome in outcomes} == {RecordsUnavailableError}
    await records.write(put)
    assert await records.count(THINGS) == 1
    await records.close()


async def test_a_connection_closes_although_its_server_has_just_gone(
    postgres: Any, postgres_url: str
):
    connection = await asyncpg.connect(postgres_url, connection_class=ForgivingConnection)
    postgres.kill()
    assert not connection.is_closed()  # the loop had no time to hear of it

    await connection.close()

    assert connection.is_closed()
    postgres.start_again()


async def test_what_is_under_way_when_the_server_goes_is_told_or_happens_once(
    postgres: Any, postgres_url: str
):
    records = await PostgresRecordStore.open(postgres_url)
    creates = [Create(scope=THINGS, name=f"{n}", document={}) for n in range(200)]
    writing = [asyncio.ensure_future(records.write(create)) for create in creates]
    await asyncio.wait(writing, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.to_thread(postgres.kill)
    outcomes = await asyncio.gather(*writing, return_exceptions=True)
    await asyncio.to_thread(postgres.start_again)

    names = {record.name for record in await records.list(THINGS)}
    done = {f"{n}" for n, outcome in enumerate(outcomes) if isinstance(outcome, list)}
    failed = {type(outcome) for outcome in outcomes if not isinstance(outcome, list)}
    assert 0 < len(done) < 200
    assert done <= names
    assert failed == {RecordsUnavailableError}
    await records.close()


async def test_clear_and_batches_neither_block_nor_halve_each_other(postgres_url: str):
    records = await PostgresRecordStore.open(postgres_url)
    puts = [Put(scope=THINGS, name=f"{n}", document={}, indexes={"a": "b"}) for n in range(50)]

    async with asyncio.timeout(60):
        for _ in range(10):
            await asyncio.gather(
                records.write(*puts),
                records.clear(THINGS.account),
                records.write(*reversed(puts)),
            )
            found = await records.list(THINGS)
            assert await records.list(THINGS, index=("a", "b")) == found
            assert len(found) in (0, 50)

    await records.close()
