"""Entries on their way: durable before the answer is whole, delivered in the background."""

import uuid
from collections.abc import Iterator
from functools import partial
from itertools import groupby
from typing import Any

from outcrop.operations.backends import Backends
from outcrop.operations.background import call_without_request
from outcrop.operations.call import Call
from outcrop.operations.invocation_log.delivery import deliver, large_bodies
from outcrop.operations.invocation_log.entries import Invocation, bodies_of, entry_of
from outcrop.storage.records.interface import Create, Delete, Record, Scope

QUEUE = "invocation-log"
MOST_INLINE_BYTES = 100_000
"""Of a body; larger ones are objects of their own."""
MOST_ENTRIES = 100
"""In one file."""


async def log_invocation(call: Call, invocation: Invocation) -> None:
    """Note an invocation durably if its account and region keep a log."""
    answer = await call.ask("bedrock", "GetModelInvocationLoggingConfiguration")
    config = answer.get("loggingConfig")
    if not config:
        return
    now = call.backends.now()
    place = _queue(call.account, call.region)
    name = f"{now.timestamp():020.6f}-{uuid.uuid4().hex}"
    bodies = bodies_of(invocation, config)
    large = [side for side, body in bodies.items() if len(body.encode()) > MOST_INLINE_BYTES]
    document = {
        "time": now,
        "config": config,
        "entry": entry_of(call, invocation, now),
        "bodies": {side: body for side, body in bodies.items() if side not in large},
        "large": large,
    }
    await call.backends.records.write(
        Create(scope=place, name=name, document=document),
        *(
            Create(
                scope=large_bodies(place), name=f"{name}/{side}", document={"body": bodies[side]}
            )
            for side in large
        ),
    )
    _wake(call.backends, place)


async def resume(backends: Backends) -> None:
    """Deliver what an earlier run of the server left."""
    for place in await backends.records.scopes(service="bedrock", kind=QUEUE):
        _wake(backends, place)


def _queue(account: str, region: str) -> Scope:
    return Scope(account, region, "bedrock", QUEUE)


def _wake(backends: Backends, place: Scope) -> None:
    name = f"bedrock/{QUEUE}/{place.account}/{place.region}"
    backends.background.wake(name, partial(_deliver_all, backends, place))


async def _deliver_all(backends: Backends, place: Scope) -> None:
    call = call_without_request(
        backends,
        service="bedrock",
        operation="InvokeModel",
        account=place.account,
        region=place.region,
    )
    while records := await backends.records.list(place, limit=MOST_ENTRIES):
        _, kin = next(groupby(records, _kin))
        batch = list(kin)
        await deliver(call, batch)
        await backends.records.write(*(delete for record in batch for delete in _gone(record)))


def _gone(record: Record) -> Iterator[Delete]:
    yield Delete(scope=record.scope, name=record.name, must_exist=False)
    for side in record.document["large"]:
        name = f"{record.name}/{side}"
        yield Delete(scope=large_bodies(record.scope), name=name, must_exist=False)


def _kin(record: Record) -> tuple[Any, str]:
    """Return what the entries of one file have in common: their destinations and their hour."""
    return record.document["config"], f"{record.document['time']:%Y/%m/%d/%H}"
