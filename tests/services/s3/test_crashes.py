"""The server is killed while many clients write: what was acknowledged is there afterwards."""

import hashlib
import http.client
import random
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from outcrop import LocalServer

WRITERS = 8
KEYS = 400
ACCOUNT = "444455556666"
HEADERS = {
    "authorization": f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/us-east-1/s3/aws4_request, "
    "SignedHeaders=host, Signature=0"
}


def body_of(key: str, turn: int) -> bytes:
    """Return what a writer writes under a key: now small, now a blob; never the same twice."""
    seed = hashlib.sha256(f"{key} {turn}".encode()).digest()
    return seed * (1 if turn % 4 else 3000)


class Writer(threading.Thread):
    """Writes its own keys, one after the other, and remembers what was acknowledged."""

    def __init__(self, number: int, wrote: threading.Event) -> None:
        super().__init__(daemon=True)
        self.wrote = wrote
        """Set whenever a write is acknowledged."""
        self.keys = [f"writer-{number}/{at}" for at in range(KEYS // WRITERS)]
        self.acknowledged: dict[str, int] = {}
        """The turn of the last write that the server answered, by key."""
        self.begun: dict[str, int] = {}
        self.count = 0
        self.port = 0
        self.may_write = threading.Event()
        self.is_over = False

    def run(self) -> None:
        turn = 0
        while not self.is_over:
            self.may_write.wait()
            turn += 1
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                with closing(connection):
                    self._write_all(connection, turn)
            except (OSError, http.client.HTTPException):
                self.may_write.clear()

    def _write_all(self, connection: http.client.HTTPConnection, turn: int) -> None:
        for key in self.keys:
            if self.is_over:
                return
            self.begun[key] = turn
            connection.request("PUT", f"/bucket/{key}", body_of(key, turn), HEADERS)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200
            self.acknowledged[key] = turn
            self.count += 1
            self.wrote.set()


@pytest.fixture(params=["sqlite", "postgres"])
def crashing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LocalServer]:
    """A server of the test's own, on every kind of database."""
    settings: dict[str, str] = {}
    if request.param == "postgres":
        settings["OUTCROP_STORAGE_RECORDS_URL"] = request.getfixturevalue("postgres_url")
    server = LocalServer(tmp_path, settings=settings)
    server.start()
    yield server
    server.stop()


def send(server: LocalServer, method: str, path: str) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        connection.request(method, path, headers=HEADERS)
        answer = connection.getresponse()
        return answer.status, answer.read()


def crash_until(server: LocalServer, *, writes: int, seconds: tuple[float, float]) -> None:
    """Kill a server again and again until so many writes are acknowledged, and look for them."""
    chance = random.Random(7)
    wrote = threading.Event()
    writers = [Writer(number, wrote) for number in range(WRITERS)]
    assert send(server, "PUT", "/bucket")[0] == 200
    for writer in writers:
        writer.start()
    kills = 0
    while kills < 2 or sum(writer.count for writer in writers) < writes:
        wrote.clear()
        let_write(writers, server)
        # A busy machine may take long to begin, and would be killed before each time.
        wrote.wait(60)
        writers[0].join(chance.uniform(*seconds))
        server.kill()
        kills += 1
        server.start()
    for writer in writers:
        writer.is_over = True
    let_write(writers, server)
    for writer in writers:
        writer.join()
        check(writer, server)
    assert "Traceback" not in server.log()


def let_write(writers: list[Writer], server: LocalServer) -> None:
    for writer in writers:
        writer.port = server.port
        writer.may_write.set()


def check(writer: Writer, server: LocalServer) -> None:
    """Assert that all that was acknowledged is there, and nothing by halves."""
    for key, turn in writer.acknowledged.items():
        status, body = send(server, "GET", f"/bucket/{key}")
        # A write that was not answered may have come through all the same, but whole.
        allowed = [body_of(key, at) for at in range(turn, writer.begun[key] + 1)]
        assert status == 200, key
        assert body in allowed, key


def test_no_acknowledged_write_is_lost_and_none_is_half(crashing: LocalServer):
    crash_until(crashing, writes=200, seconds=(0.2, 0.6))


@pytest.mark.slow
def test_of_ten_thousand_acknowledged_writes_none_is_lost(crashing: LocalServer):
    crash_until(crashing, writes=10_000, seconds=(1, 4))
