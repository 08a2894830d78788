"""Reading a SQLite file without waiting for its writer."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")

MOST_THREADS = 4


class SqliteReader:
    """Runs queries, each on a connection of its own thread; a query sees all finished writes."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._is_closed = False
        self._threads = ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="sqlite-reader")

    @property
    def connection(self) -> sqlite3.Connection:
        """The calling thread's own connection: for queries shorter than a change of threads."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if self._is_closed:
            raise RuntimeError("the store is closed")
        if connection is None:
            connection = self._connect()
            self._local.connection = connection
            self._connections.append(connection)
        return connection

    async def run(self, query: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run a query of any length beside the event loop."""
        if self._is_closed:
            raise RuntimeError("the store is closed")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: query(self.connection))

    async def close(self) -> None:
        """Finish the queries under way and close all connections."""
        await asyncio.to_thread(self._threads.shutdown)
        self._is_closed = True
        for connection in self._connections:
            connection.close()
