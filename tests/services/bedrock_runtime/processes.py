"""The processes of a server."""

from pathlib import Path

from outcrop import LocalServer


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
