"""What SQLite files need beyond the promises of the stores."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from outcrop.storage.durability import Durability
from outcrop.storage.records import sqlite_tables
from outcrop.storage.records.interface import Put, RecordStore, Scope
from outcrop.storage.records.sqlite import SqliteRecordSettings, SqliteRecordStore
from outcrop.storage.schema import NewerSchemaError
from outcrop.storage.sqlite_file import connect_to_read, connect_to_write, migrate
from outcrop.storage.sqlite_writer import SqliteWriter

pytestmark = pytest.mark.anyio

THINGS = Scope("123456789012", "", "test", "thing")


async def test_a_file_of_a_newer_schema_is_refused(tmp_path: Path):
    path = tmp_path / "records.sqlite"
    await (await SqliteRecordStore.open(path)).close()
    connection = connect_to_write(path, "full")
    connection.execute("UPDATE schema_version SET version = 7")
    connection.close()

    with pytest.raises(NewerSchemaError) as caught:
        await SqliteRecordStore.open(path)

    assert str(caught.value) == (
        f"{path} has schema version 7, but this Outcrop knows versions up to 1: "
        "use a newer Outcrop, or another database"
    )


def test_migrations_lead_from_any_version_to_the_newest(tmp_path: Path):
    path = tmp_path / "things.sqlite"
    connection = connect_to_write(path, "full")
    first = ("CREATE TABLE things (name TEXT)", "INSERT INTO things VALUES ('a')")
    second = ("ALTER TABLE things ADD COLUMN size INTEGER DEFAULT 1",)
    migrate(connection, [first], path)

    migrate(connection, [first, second], path)
    migrate(connection, [first, second], path)

    assert connection.execute("SELECT * FROM things").fetchall() == [("a", 1)]
    assert connection.execute("SELECT * FROM schema_version").fetchall() == [(2,)]
    connection.close()


def test_a_failing_migration_changes_nothing(tmp_path: Path):
    path = tmp_path / "things.sqlite"
    connection = connect_to_write(path, "full")
    migrate(connection, [("CREATE TABLE things (name TEXT)",)], path)

    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, [(), ("DROP TABLE things", "nonsense")], path)

    assert connection.execute("SELECT * FROM things").fetchall() == []
    assert connection.execute("SELECT * FROM schema_version").fetchall() == [(1,)]
    connection.close()


@pytest.mark.parametrize(("durability", "synchronous"), [("full", 2), ("process", 1)])
def test_durability_decides_when_sqlite_syncs(
    tmp_path: Path, durability: Durability, synchronous: int
):
    connection = connect_to_write(tmp_path / "things.sqlite", durability)

    assert connection.execute("PRAGMA journal_mode").fetchall() == [("wal",)]
    assert connection.execute("PRAGMA synchronous").fetchall() == [(synchronous,)]
    connection.close()


async def test_records_need_no_fsync_to_be_read(tmp_path: Path):
    settings = SqliteRecordSettings(durability="process")
    records: RecordStore = await SqliteRecordStore.open(tmp_path / "records.sqlite", settings)

    await records.write(Put(scope=THINGS, name="a", document={"n": 1}))

    assert (await records.get(THINGS, "a")).document == {"n": 1}
    await records.close()


def test_a_reader_cannot_write(tmp_path: Path):
    connect_to_write(tmp_path / "things.sqlite", "full").close()
    connection = connect_to_read(tmp_path / "things.sqlite")

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("CREATE TABLE things (name TEXT)")

    connection.close()


async def test_jobs_that_wait_together_share_a_commit(tmp_path: Path):
    connection = connect_to_write(tmp_path / "things.sqlite", "full")
    connection.execute("CREATE TABLE things (name TEXT)")
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    writer = SqliteWriter(connection)
    has_begun, may_end = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def occupy(_: sqlite3.Connection) -> None:
        loop.call_soon_threadsafe(has_begun.set)
        may_end.wait()

    first = asyncio.ensure_future(writer.run(occupy))
    await has_begun.wait()
    others = [
        asyncio.ensure_future(writer.run(lambda c: c.execute("INSERT INTO things VALUES ('a')")))
        for _ in range(100)
    ]
    await asyncio.sleep(0)  # so that all have begun
    may_end.set()
    await asyncio.gather(first, *others)
    await writer.close()

    assert statements.count("INSERT INTO things VALUES ('a')") == 100
    assert statements.count("COMMIT") == 2


async def test_a_full_disk_fails_the_writes_and_no_later_ones(tmp_path: Path):
    connection = connect_to_write(tmp_path / "things.sqlite", "full")
    connection.execute("CREATE TABLE things (name TEXT)")
    connection.execute("PRAGMA max_page_count = 20")
    writer = SqliteWriter(connection)

    def insert(size: int) -> asyncio.Future[sqlite3.Cursor]:
        sql = "INSERT INTO things VALUES (?)"
        return asyncio.ensure_future(writer.run(lambda c: c.execute(sql, ("x" * size,))))

    outcomes = await asyncio.gather(insert(10), insert(10**6), insert(10), return_exceptions=True)
    await insert(11)

    assert isinstance(outcomes[1], sqlite3.OperationalError)
    reader = connect_to_read(tmp_path / "things.sqlite")
    sizes = [length for (length,) in reader.execute("SELECT length(name) FROM things")]
    succeeded = [outcome for outcome in outcomes if not isinstance(outcome, Exception)]
    assert sizes == [10] * len(succeeded) + [11]
    reader.close()
    await writer.close()


async def test_a_locked_file_fails_the_writes_and_no_later_ones(tmp_path: Path):
    path = tmp_path / "things.sqlite"
    connection = connect_to_write(path, "full")
    connection.execute("CREATE TABLE things (name TEXT)")
    connection.execute("PRAGMA busy_timeout = 0")
    writer = SqliteWriter(connection)
    other = connect_to_write(path, "full")
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        await writer.run(lambda c: c.execute("INSERT INTO things VALUES ('a')"))
    other.execute("COMMIT")
    await writer.run(lambda c: c.execute("INSERT INTO things VALUES ('b')"))

    assert other.execute("SELECT * FROM things").fetchall() == [("b",)]
    other.close()
    await writer.close()


async def test_a_bug_in_a_job_stops_nobody_else(tmp_path: Path):
    writer = SqliteWriter(connect_to_write(tmp_path / "things.sqlite", "full"))

    def broken(_: sqlite3.Connection) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await writer.run(broken)

    assert await writer.run(lambda _: "well") == "well"
    await writer.close()


async def test_a_cancelled_caller_stops_nobody_else(tmp_path: Path):
    writer = SqliteWriter(connect_to_write(tmp_path / "things.sqlite", "full"))
    cancelled = asyncio.ensure_future(writer.run(lambda _: "nobody asks"))
    await asyncio.sleep(0)  # so that it has begun
    cancelled.cancel()

    assert await writer.run(lambda _: "well") == "well"
    assert cancelled.cancelled()
    await writer.close()


async def test_a_closed_writer_refuses_jobs(tmp_path: Path):
    writer = SqliteWriter(connect_to_write(tmp_path / "things.sqlite", "full"))
    await writer.close()
    await writer.close()

    with pytest.raises(RuntimeError, match="the store is closed"):
        await writer.run(lambda _: None)


@pytest.mark.parametrize("index", [None, ("status", "Failed")])
async def test_lists_are_read_from_indexes(tmp_path: Path, index: tuple[str, str] | None):
    await (await SqliteRecordStore.open(tmp_path / "records.sqlite")).close()
    connection = connect_to_read(tmp_path / "records.sqlite")
    sql, parameters = sqlite_tables.list_query(
        THINGS, prefix="a", after="ab", limit=5, index=index, descending=False
    )

    plan = connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters).fetchall()

    steps = [detail for *_, detail in plan]
    assert all(step.startswith(("SEARCH", "LIST SUBQUERY")) for step in steps), steps
    connection.close()
