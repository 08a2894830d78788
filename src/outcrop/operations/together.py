"""Asking another service so that records of the asker's are written with what that comes to.

Who notes afterwards that something was done does it twice if the server dies in between; who notes
it before may not have done it at all.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from outcrop.operations.call import Call
from outcrop.storage.records.interface import Record, RecordStore, Scope, Write


class TogetherStore:
    """Implements `RecordStore` by another one, whose next write takes some writes along."""

    def __init__(self, records: RecordStore, *writes: Write) -> None:
        self._records = records
        self._writes = writes
        self._is_done = False

    async def finish(self) -> None:
        """Do the writes if none has taken them along."""
        if not self._is_done:
            await self.write()

    async def write(self, *writes: Write) -> list[Record | None]:
        """See `RecordStore.write`."""
        if self._is_done:
            return await self._records.write(*writes)
        written = await self._records.write(*writes, *self._writes)
        self._is_done = True
        return written[: len(writes)]

    async def get(self, scope: Scope, name: str) -> Record:
        """See `RecordStore.get`."""
        return await self._records.get(scope, name)

    async def find(self, scope: Scope, name: str) -> Record | None:
        """See `RecordStore.find`."""
        return await self._records.find(scope, name)

    async def find_shared(self, scope: Scope, name: str) -> Record | None:
        """See `RecordStore.find_shared`."""
        return await self._records.find_shared(scope, name)

    async def list(self, scope: Scope, **how: Any) -> Sequence[Record]:
        """See `RecordStore.list`."""
        return await self._records.list(scope, **how)

    async def count(self, scope: Scope, *, prefix: str = "") -> int:
        """See `RecordStore.count`."""
        return await self._records.count(scope, prefix=prefix)

    async def scopes(
        self, *, service: str | None = None, kind: str | None = None, account: str | None = None
    ) -> Sequence[Scope]:
        """See `RecordStore.scopes`."""
        return await self._records.scopes(service=service, kind=kind, account=account)

    async def clear(self, account: str) -> None:
        """See `RecordStore.clear`."""
        await self._records.clear(account)

    async def close(self) -> None:
        """See `RecordStore.close`."""
        await self._records.close()


async def together(call: Call, do: Callable[[Call], Awaitable[object]], *writes: Write) -> None:
    """Do something by a call, and some writes with the first that it writes: all of it or nothing.

    Args:
        call: Who asks.
        do: What is done; it gets the call to do it by. If it writes nothing, the writes are done
            behind it.
        writes: They meet no record that `do` writes.

    Raises:
        ServiceError: As `do` raises it; then nothing was written.
    """
    records = TogetherStore(call.backends.records, *writes)
    await do(replace(call, backends=replace(call.backends, records=records)))
    await records.finish()
