"""Servers whose model takes only so many requests at a time, and the processes of servers."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.config import Config

from outcrop import LocalServer
from tests.conftest import CHAT_MODEL
from tests.own_clients import client_of


@contextmanager
def serving(folder: Path, **options: int) -> Iterator[LocalServer]:
    """Run a server whose model takes so many requests at a time."""
    file = folder / "outcrop.toml"
    lines = [f"{name} = {value}" for name, value in options.items()]
    head = ["[chat]", f'model = "{CHAT_MODEL}"', f'[chat.weights."{CHAT_MODEL}"]']
    file.write_text("\n".join([*head, *lines]))
    with LocalServer(folder / "data", settings={"OUTCROP_CONFIG": str(file)}).running() as server:
        yield server


def runtime_of(server: LocalServer, *, connections: int = 10) -> Any:
    """Return a client of Bedrock Runtime that tries once and waits long."""
    return client_of(
        server,
        "bedrock-runtime",
        config=Config(
            retries={"total_max_attempts": 1},
            read_timeout=600,
            max_pool_connections=connections,
        ),
    )


def descendants(pid: int) -> list[int]:
    """Return the processes below a process."""
    found: list[int] = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            found += [int(child), *descendants(int(child))]
    return found


def chat_worker(server: LocalServer) -> int:
    """Return the process that holds the chat model."""
    assert server.process is not None
    (worker,) = (
        pid
        for pid in descendants(server.process.pid)
        if b"llama_cpp_worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    return worker
