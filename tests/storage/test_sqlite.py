"""What SQLite files need beyond the promises of the stores."""

import asyncio
import os
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest

from outcrop.storage.durability import Durability
from outcrop.storage.records import sqlite_tables
from outcrop.storage.records.interface import Put, RecordStore, Scope
from outcrop.storage.records.sqlite import SqliteRecordSettings, SqliteRecordStore
from outcrop.storage.schema import NewerSchemaError
from outcrop.storage.sqlite_file import connect_to_read, connect_to_write, migrate
from outcrop.storage.sqlite_log import WriteAheadLog
from outcrop.storage.sqlite_writer import (
    COMMITS_PER_CHECKPOINT,
    JOBS_PER_CHECKPOINT,
    MOST_LOG_PAGES,
    SqliteWriter,
)

pytestmark = pytest.mark.anyio

THINGS = Scope("123456789012", "", "test", "thing")


async def test_a_file_of_a_newer_schema_is_refused(tmp_path: Path):
    path = tmp_path / "records.sqlite"
    await (await SqliteRecordStore.open(path)).close()
    connection = connect_to_write(path)
    connection.execute("UPDATE schema_version SET version = 7")
    connection.close()

    with pytest.raises(NewerSchemaError) as caught:
        await SqliteRecordStore.open(path)

    assert str(caught.value) == (
        f"{path} has schema version 7, but this Outcrop knows versions up to"
        f" {len(sqlite_tables.MIGRATIONS)}: "
        "use a newer Outcrop, or another database"
    )


def test_migrations_lead_from_any_version_to_the_newest(tmp_path: Path):
    path = tmp_path / "things.sqlite"
    connection = connect_to_write(path)
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
    connection = connect_to_write(path)
    migrate(connection, [("CREATE TABLE things (name TEXT)",)], path)

    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, [(), ("DROP TABLE things", "nonsense")], path)

    assert connection.execute("SELECT * FROM things").fetchall() == []
    assert connection.execute("SELECT * FROM schema_version").fetchall() == [(1,)]
    connection.close()


async def test_records_need_no_fsync_to_be_read(tmp_path: Path):
    settings = SqliteRecordSettings(durability="process")
    records: RecordStore = await SqliteRecordStore.open(tmp_path / "records.sqlite", settings)

    await records.write(Put(scope=THINGS, name="a", document={"n": 1}))

    assert (await records.get(THINGS, "a")).document == {"n": 1}
    await records.close()


async def test_who_writes_alone_finds_its_own_writes(tmp_path: Path):
    settings = SqliteRecordSettings(has_other_writers=False)
    records = await SqliteRecordStore.open(tmp_path / "records.sqlite", settings)

    found: list[object] = []
    for number in (1, 2):
        await records.write(Put(scope=THINGS, name="a", document={"n": number}))
        for _ in range(2):
            record = await records.find_shared(THINGS, "a")
            found.append(record and record.document["n"])
    await records.clear(THINGS.account)

    assert found == [1, 1, 2, 2]
    assert await records.find_shared(THINGS, "a") is None
    await records.close()


def test_a_reader_cannot_write(tmp_path: Path):
    connect_to_write(tmp_path / "things.sqlite").close()
    connection = connect_to_read(tmp_path / "things.sqlite")

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("CREATE TABLE things (name TEXT)")

    connection.close()


CREATE = ("CREATE TABLE things (name TEXT)",)


class CountingLog(WriteAheadLog):
    """A log that counts what is asked of it, and whose fsync waits until it may end."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, connect_to_write(path))
        self.syncs = 0
        self.checkpoints = 0
        self.may_sync = threading.Event()
        self.may_sync.set()

    def sync(self) -> None:
        """See `Log.sync`."""
        self.may_sync.wait()
        self.syncs += 1
        super().sync()

    def let_syncs_fail(self) -> None:
        """Put a pipe in the file's place: a pipe cannot be synced."""
        assert self._descriptor is not None
        reading, writing = os.pipe()
        os.dup2(writing, self._descriptor)
        os.close(reading)
        os.close(writing)

    def checkpoint(self) -> int:
        """See `Log.checkpoint`."""
        self.checkpoints += 1
        return super().checkpoint()


@dataclass(frozen=True, slots=True)
class Writing:
    """A writer, its log, and what its connection is told."""

    writer: SqliteWriter
    log: CountingLog
    connection: sqlite3.Connection
    statements: list[str]

    def insert(self, name: str) -> asyncio.Future[sqlite3.Cursor]:
        """Begin to insert a row."""
        sql = "INSERT INTO things VALUES (?)"
        return asyncio.ensure_future(self.writer.run(lambda c: c.execute(sql, (name,))))

    def names(self) -> list[str]:
        """Return what all others see."""
        with closing(connect_to_read(self.path)) as reader:
            return [name for (name,) in reader.execute("SELECT name FROM things")]

    @property
    def path(self) -> Path:
        """Of the file."""
        ((_, _, path),) = self.connection.execute("PRAGMA database_list").fetchall()
        return Path(path)


StartWriting: TypeAlias = Callable[..., Writing]


@pytest.fixture
async def start_writing(tmp_path: Path) -> AsyncIterator[StartWriting]:
    """Starts writers to a file of its own."""
    started: list[SqliteWriter] = []

    def start(durability: Durability = "full", *, lock_timeout_seconds: float = 30.0) -> Writing:
        path = tmp_path / "things.sqlite"
        connection = connect_to_write(path)
        migrate(connection, [CREATE], path)
        log = CountingLog(path)
        statements: list[str] = []
        connection.set_trace_callback(statements.append)
        writer = SqliteWriter(
            connection, log, durability, lock_timeout_seconds=lock_timeout_seconds
        )
        started.append(writer)
        return Writing(writer, log, connection, statements)

    yield start
    for writer in started:
        await writer.close()


async def turns(number: int) -> None:
    """Let the event loop go round so many times: enough for what needs no thread."""
    for _ in range(number):
        await asyncio.sleep(0)


async def test_jobs_that_come_together_share_a_commit_and_an_fsync(start_writing: StartWriting):
    writing = start_writing()

    await asyncio.gather(*(writing.insert("a") for _ in range(50)))

    assert writing.statements.count("COMMIT") == 1
    assert writing.log.syncs == 1
    assert writing.names() == ["a"] * 50


async def test_commits_go_on_during_an_fsync_and_share_the_next_one(start_writing: StartWriting):
    writing = start_writing()
    writing.log.may_sync.clear()
    first = writing.insert("first")
    await turns(3)
    others = [writing.insert("other") for _ in range(3)]
    await turns(3)
    assert writing.statements.count("COMMIT") == 2
    has_waited = not any(job.done() for job in (first, *others))
    writing.log.may_sync.set()
    await asyncio.gather(first, *others)

    assert has_waited
    assert writing.log.syncs == 2


async def test_what_survives_the_process_needs_no_fsync(start_writing: StartWriting):
    writing = start_writing("process")

    await writing.insert("a")

    assert writing.log.syncs == 0


async def test_a_file_that_cannot_be_synced_takes_no_more_jobs(start_writing: StartWriting):
    writing = start_writing()
    await writing.insert("a")
    writing.log.let_syncs_fail()

    with pytest.raises(OSError, match="Invalid argument"):
        await writing.insert("b")
    with pytest.raises(RuntimeError, match="could not be written to the disk"):
        await writing.insert("c")


async def test_the_log_of_a_lone_caller_is_worked_off_early(start_writing: StartWriting):
    writing = start_writing("process")

    for _ in range(COMMITS_PER_CHECKPOINT):
        await writing.insert("a")
    await writing.writer.close()

    assert COMMITS_PER_CHECKPOINT < JOBS_PER_CHECKPOINT
    assert writing.log.checkpoints == 1


async def test_the_log_is_worked_off_while_writes_go_on(
    start_writing: StartWriting, caplog: pytest.LogCaptureFixture
):
    writing = start_writing("process")
    size = 8 * MOST_LOG_PAGES * 4096  # bytes of all that is written

    for _ in range(10):
        await asyncio.gather(
            *(writing.insert("x" * (size // 10 // 500)) for _ in range(500)),
        )

    assert writing.log.checkpoints > 10
    assert writing.path.with_name("things.sqlite-wal").stat().st_size < size / 2
    assert len(writing.names()) == 5000
    assert caplog.messages == []


async def test_a_long_job_leaves_the_event_loop_free(start_writing: StartWriting):
    writing = start_writing()
    has_begun, may_end = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def occupy(_: sqlite3.Connection) -> str:
        loop.call_soon_threadsafe(has_begun.set)
        may_end.wait()
        return "done"

    long = asyncio.ensure_future(writing.writer.run(occupy, is_long=True))
    await has_begun.wait()
    short = writing.insert("a")
    may_end.set()

    assert await long == "done"
    await short


async def test_a_full_disk_fails_the_writes_and_no_later_ones(start_writing: StartWriting):
    writing = start_writing()
    writing.connection.execute("PRAGMA max_page_count = 20")

    outcomes = await asyncio.gather(
        *(writing.insert("x" * size) for size in (10, 10**6, 11)), return_exceptions=True
    )
    await writing.insert("x" * 12)

    assert [type(outcome) for outcome in outcomes] == [
        sqlite3.Cursor,
        sqlite3.OperationalError,
        sqlite3.Cursor,
    ]
    assert [len(name) for name in writing.names()] == [10, 11, 12]


async def test_a_job_that_fails_half_done_leaves_nothing_and_stops_nobody(
    start_writing: StartWriting,
):
    writing = start_writing()

    def half(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO things VALUES ('half')")
        raise ZeroDivisionError

    outcomes = await asyncio.gather(
        writing.insert("a"), writing.writer.run(half), writing.insert("b"), return_exceptions=True
    )

    assert isinstance(outcomes[1], ZeroDivisionError)
    assert writing.names() == ["a", "b"]


async def test_a_file_that_another_process_writes_to_is_waited_for(start_writing: StartWriting):
    writing = start_writing()
    with closing(connect_to_write(writing.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = writing.insert("b")
        await turns(2)
        other.execute("INSERT INTO things VALUES ('a')")
        other.execute("COMMIT")

        await waiting

    assert writing.names() == ["a", "b"]


async def test_a_locked_file_fails_the_writes_and_no_later_ones(start_writing: StartWriting):
    writing = start_writing(lock_timeout_seconds=0)
    with closing(connect_to_write(writing.path)) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(sqlite3.OperationalError, match="locked"):
            await writing.insert("a")
        other.execute("COMMIT")
        await writing.insert("b")

    assert writing.names() == ["b"]


async def test_a_bug_in_a_job_stops_nobody_else(start_writing: StartWriting):
    writing = start_writing()

    def broken(_: sqlite3.Connection) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await writing.writer.run(broken)

    assert await writing.writer.run(lambda _: "well") == "well"


async def test_a_cancelled_caller_stops_nobody_else(start_writing: StartWriting):
    writing = start_writing()
    cancelled = writing.insert("nobody asks")
    await asyncio.sleep(0)  # so that it has begun
    cancelled.cancel()

    await writing.insert("well")

    assert cancelled.cancelled()
    assert writing.names() == ["nobody asks", "well"]


async def test_a_closed_writer_refuses_jobs(start_writing: StartWriting):
    writing = start_writing()
    waiting = writing.insert("a")
    await asyncio.sleep(0)  # so that it has begun
    await writing.writer.close()
    await writing.writer.close()

    with pytest.raises(RuntimeError, match="the store is closed"):
        await writing.writer.run(lambda _: None)
    await waiting


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
