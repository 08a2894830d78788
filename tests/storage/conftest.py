"""The stores that the contract suites run against, and a PostgreSQL server of our own."""

import asyncio
import collections
import os
import pwd
import re
import secrets
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

import asyncpg
import boto3
import pytest

from outcrop.storage.blobs.directory import DirectoryBlobStore
from outcrop.storage.blobs.interface import BlobStore
from outcrop.storage.blobs.s3 import S3BlobStore
from outcrop.storage.records.interface import RecordStore
from outcrop.storage.records.postgres import PostgresRecordStore
from outcrop.storage.records.sqlite import SqliteRecordStore

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

OpenRecords: TypeAlias = Callable[[], Awaitable[RecordStore]]
OpenBlobs: TypeAlias = Callable[..., Awaitable[BlobStore]]


IS_CI = os.environ.get("CI") == "true"
PACKAGED = Path("/usr/lib/postgresql")
"""Where Debian puts the server's programs, by version."""
UNPRIVILEGED = "postgres"
"""PostgreSQL refuses to run as root; Debian's package makes this user."""


def find_programs() -> Path | None:
    """Return the directory of the programs of PostgreSQL, or `None`."""
    found = sorted(PACKAGED.glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


class AnnouncedProcess:
    """A process that says on its standard error when it is ready."""

    def __init__(self, command: Sequence[str], announcement: str, **options: Any) -> None:
        """Start the process and wait for the announcement, a regular expression."""
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )
        assert self._process.stderr is not None
        log: list[str] = []
        for line in self._process.stderr:
            log.append(line)
            if found := re.search(announcement, line):
                self.announcement = found.group()
                break
        else:
            raise RuntimeError("".join(log))
        drain = (self._process.stderr, 0)
        self._drain = threading.Thread(target=collections.deque[str], args=drain)
        self._drain.start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def stop(self, number: int = signal.SIGKILL) -> None:
        """Send a signal and wait for the end."""
        with self._process:
            self._process.send_signal(number)
            self._process.wait()
            self._drain.join()


class PostgresServer:
    """A cluster that nobody else uses."""

    def __init__(self, programs: Path) -> None:
        """Make a new cluster and start it."""
        self._programs = programs
        # Not pytest's directory: a socket's path holds 107 bytes at most.
        self._directory = Path(tempfile.mkdtemp(prefix="outcrop-postgres-"))
        self._data = self._directory / "data"
        self._options: dict[str, Any] = {
            "cwd": self._directory,
            "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        }
        if os.getuid() == 0:
            user = pwd.getpwnam(UNPRIVILEGED)
            os.chown(self._directory, user.pw_uid, user.pw_gid)
            self._options |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        subprocess.run(
            [programs / "initdb", "-D", self._data, "-U", "outcrop", "--auth", "trust"],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            **self._options,
        )
        self._process = self._start()

    def url(self, **settings: str) -> str:
        """Return the URL of its database, with settings for each connection."""
        query = "".join(f"&{name}={quote(value)}" for name, value in settings.items())
        return f"postgresql://outcrop@/postgres?host={quote(str(self._directory))}{query}"

    def kill(self) -> None:
        """Kill all its processes at once, and wait until they are gone."""
        pid = self._process.pid
        os.kill(pid, signal.SIGSTOP)
        os.waitpid(pid, os.WUNTRACED)  # from now on it starts no more
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        processes = [os.pidfd_open(int(child)) for child in children]
        for process in processes:
            signal.pidfd_send_signal(process, signal.SIGKILL)
        self._process.stop()
        for process in processes:
            select.select([process], [], [])  # readable once the process has ended
            os.close(process)

    def start_again(self) -> None:
        """Start the server over the files that are there."""
        self._process = self._start()

    def stop(self) -> None:
        """Stop the server and delete its files."""
        self._process.stop(signal.SIGQUIT)
        shutil.rmtree(self._directory)

    def _start(self) -> AnnouncedProcess:
        settings = ["-k", str(self._directory), "-c", "listen_addresses="]
        command = [str(self._programs / "postgres"), "-D", str(self._data), *settings]
        return AnnouncedProcess(command, "ready to accept connections", **self._options)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the whole run, from the machine's packages."""
    programs = find_programs()
    if programs is None:
        message = "no PostgreSQL server here: apt-get install postgresql"
        pytest.fail(message) if IS_CI else pytest.skip(message)
    server = PostgresServer(programs)
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> str:
    """The URL of an empty schema."""
    schema = f"test_{secrets.token_hex(8)}"

    async def create() -> None:
        connection = await asyncpg.connect(postgres.url())
        await connection.execute(f"CREATE SCHEMA {schema}")
        await connection.close()

    asyncio.run(create())
    return postgres.url(search_path=schema)


@pytest.fixture(params=["sqlite", "postgres"])
def open_records(request: pytest.FixtureRequest, tmp_path: Path) -> OpenRecords:
    """Opens one database again and again; on every kind of database."""
    if request.param == "sqlite":
        return lambda: SqliteRecordStore.open(tmp_path / "records.sqlite")
    url = request.getfixturevalue("postgres_url")
    return lambda: PostgresRecordStore.open(url)


@pytest.fixture
async def records(open_records: OpenRecords) -> AsyncIterator[RecordStore]:
    """An empty record store, on every kind of database."""
    store = await open_records()
    yield store
    await store.close()


@dataclass(frozen=True, slots=True)
class S3Server:
    """An S3 server that nobody else uses."""

    endpoint_url: str
    client: "S3Client"

    def new_bucket(self) -> str:
        """Make a bucket and return its name."""
        bucket = f"test-{secrets.token_hex(8)}"
        self.client.create_bucket(Bucket=bucket)
        return bucket


@pytest.fixture(scope="session")
def s3_server(aws_credentials: None) -> Iterator[S3Server]:
    """A `moto_server` of our own, on a port that the system chose."""
    command = [sys.executable, "-u", "-c", "from moto.server import main; main()", "-p", "0"]
    environment = {"PATH": os.environ["PATH"], "S3_UPLOAD_PART_MIN_SIZE": str(5 * 1024 * 1024)}
    process = AnnouncedProcess(command, r"http://127\.0\.0\.1:\d+", env=environment)
    yield S3Server(process.announcement, boto3.client("s3", endpoint_url=process.announcement))
    process.stop()


@pytest.fixture(scope="session")
def aws_credentials() -> Iterator[None]:
    """Credentials where boto3 looks for them: any will do for a server of our own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        yield


@pytest.fixture
def s3_url(s3_server: S3Server) -> str:
    """The URL of an empty bucket."""
    return f"s3://{s3_server.new_bucket()}/blobs?endpoint_url={quote(s3_server.endpoint_url)}"


@pytest.fixture(params=["directory", "s3"])
def open_blobs(request: pytest.FixtureRequest, tmp_path: Path) -> OpenBlobs:
    """Opens one place for blobs again and again; on every kind of place."""
    if request.param == "directory":
        return lambda **arguments: DirectoryBlobStore.open(tmp_path / "blobs", **arguments)
    url = request.getfixturevalue("s3_url")
    return lambda **arguments: S3BlobStore.open(url, **arguments)


@pytest.fixture
async def blobs(open_blobs: OpenBlobs) -> AsyncIterator[BlobStore]:
    """An empty blob store, on every kind of place."""
    store = await open_blobs()
    yield store
    await store.close()
