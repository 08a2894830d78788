"""Handlers run without a wire, on a record store of their own and a clock that the test sets."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from outcrop.gateway.registry import ServiceRegistry
from outcrop.operations import Backends, Call, Principal
from outcrop.storage.records.sqlite import SqliteRecordStore

ACCOUNT = "123456789012"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Direct:
    """Asks services as one account would, at a time of the test's choosing."""

    def __init__(self, records: SqliteRecordStore) -> None:
        self.now = NOON
        nothing = cast("Any", None)
        self.backends = Backends(
            records=records,
            blobs=nothing,
            engines=nothing,
            jobs=nothing,
            ask=self._ask,
            now=lambda: self.now,
        )
        self._registry = ServiceRegistry()

    @classmethod
    @asynccontextmanager
    async def on(cls, folder: Path) -> AsyncIterator["Direct"]:
        """Open a store in a folder for as long as the context lasts."""
        records = await SqliteRecordStore.open(folder / "records.sqlite")
        try:
            yield cls(records)
        finally:
            await records.close()

    def later(self, **time: float) -> None:
        """Let time pass: `later(days=3)`."""
        self.now += timedelta(**time)

    async def ask(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        """Run an operation."""
        call = Call(
            service=service,
            operation=operation,
            region="us-east-1",
            principal=Principal(
                account=ACCOUNT, arn=f"arn:aws:iam::{ACCOUNT}:root", user_id=ACCOUNT
            ),
            request_id="request",
            backends=self.backends,
        )
        return await self._ask(call, service, operation, parameters)

    async def _ask(
        self, call: Call, service: str, operation: str, parameters: dict[str, Any]
    ) -> dict[str, Any]:
        inner = replace(call, service=service, operation=operation, asked_by=call.operation)
        handler = self._registry.get(service).operations[operation]
        return dict(await handler.handle(inner, parameters) or {})


def error_of(operation: Callable[..., Any], **parameters: Any) -> dict[str, Any]:
    """Call an operation of a boto3 client that must fail, and return its code and message."""
    with pytest.raises(ClientError) as caught:
        operation(**parameters)
    error: Any = caught.value.response["Error"]
    return {"Code": error["Code"], "Message": error["Message"]}
