"""The directory under a blob store: its lock, its places for files, and its threads."""

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

from outcrop.storage.blobs.directory_lock import DirectoryLock
from outcrop.storage.blobs.files import sync_directory
from outcrop.storage.blobs.ids import is_id
from outcrop.storage.durability import Durability

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")

MOST_THREADS = 16
_UNFINISHED = "unfinished"


class ShardedDirectory:
    """Folders of blobs, each spread over 256 directories, and one for what is unfinished."""

    def __init__(self, root: Path, folders: Iterable[str], durability: Durability) -> None:
        """Open a directory, made when it is missing; who has it alone deletes what is unfinished.

        This blocks for some milliseconds.
        """
        self.root = root
        self.durability: Durability = durability
        root.mkdir(parents=True, exist_ok=True)
        self._lock = DirectoryLock(root / "lock", self._discard_unfinished)
        for folder in (*folders, _UNFINISHED):
            (root / folder).mkdir(exist_ok=True)
        if durability == "full":
            sync_directory(root.parent)
            sync_directory(root)
        self._threads = ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="blobs")

    def run(
        self,
        function: Callable[Arguments, Result],
        *arguments: Arguments.args,
        **keywords: Arguments.kwargs,
    ) -> asyncio.Future[Result]:
        """Call a function that blocks, beside the event loop."""
        call = partial(function, *arguments, **keywords)
        return asyncio.get_running_loop().run_in_executor(self._threads, call)

    def run_later(self, function: Callable[[], object]) -> None:
        """Call a function that blocks, some time: nobody waits for it."""
        try:
            self._threads.submit(function)
        except RuntimeError:  # the store is closed already
            function()

    def unfinished(self) -> Path:
        """Return a path for what must not be seen yet, or no more."""
        return self.root / _UNFINISHED / secrets.token_hex(16)

    def place(self, folder: str, blob_id: str) -> Path:
        """Return the path of a blob."""
        return self.root / folder / blob_id[-2:] / blob_id

    async def ids(self, folder: str) -> AsyncIterator[str]:
        """Give the ids of all blobs in a folder."""
        for shard in await self.run(_children, self.root / folder):
            for path in await self.run(_children, shard):
                if is_id(path.name):
                    yield path.name

    async def close(self) -> None:
        """Finish what is under way and let go of the directory."""
        await asyncio.to_thread(self._threads.shutdown)
        self.unlock()

    def unlock(self) -> None:
        """Let go of the directory while nothing is under way."""
        self._lock.close()

    def _discard_unfinished(self) -> None:
        with suppress(FileNotFoundError):
            shutil.rmtree(self.root / _UNFINISHED)


def _children(directory: Path) -> list[Path]:
    try:
        return list(directory.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
