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

WRITES = 10_000
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

    def __init__(self, number: int) -> None:
        super().__init__(daemon=True)
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


@pytest.fixture
def crashing(tmp_path: Path) -> Iterator[LocalServer]:
    server = LocalServer(tmp_path)
    server.start()
    yield server
    server.stop()


def send(server: LocalServer, method: str, path: str) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        connection.request(method, path, headers=HEADERS)
        answer = connection.getresponse()
        return answer.status, answer.read()


@pytest.mark.slow
def test_no_acknowledged_write_is_lost_and_none_is_half(crashing: LocalServer):
    chance = random.Random(7)
    writers = [Writer(number) for number in range(WRITERS)]
    assert send(crashing, "PUT", "/bucket")[0] == 200
    for writer in writers:
        writer.start()
    kills = 0

    while sum(writer.count for writer in writers) < WRITES:
        for writer in writers:
            writer.port = crashing.port
            writer.may_write.set()
        writers[0].join(chance.uniform(1, 4))
        crashing.kill()
        kills += 1
        crashing.start()
    for writer in writers:
        writer.is_over = True
        writer.port = crashing.port
        writer.may_write.set()
    for writer in writers:
        writer.join()

    assert kills > 2
    for writer in writers:
        for key, turn in writer.acknowledged.items():
            status, body = send(crashing, "GET", f"/bucket/{key}")
            # A write that was not answered may have come through all the same, but whole.
            allowed = [body_of(key, at) for at in range(turn, writer.begun[key] + 1)]
            assert status == 200, key
            assert body in allowed, key
    assert "Traceback" not in crashing.log()
