"""Brings queued events to the configured webhook, in order, until each has arrived.

AWS would send them to queues, topics and functions. Events are records that leave their queue when
the webhook has taken them; a service that queues them in one batch with the change that they tell
of loses none in a crash, and one may come twice, as on AWS.
"""

import asyncio
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

import httpx

from outcrop.operations.backends import Backends
from outcrop.storage.records.interface import Create, Delete, Record, Scope

OUTBOX = "event"
"""The kind of the records that wait to be delivered."""
BATCH = 100
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 60.0
TIMEOUT_SECONDS = 10.0
TRY_AGAIN = frozenset((408, 429))
"""Client errors that go by; an event that the webhook refuses otherwise is dropped."""
DESTINATION_HEADER = "x-outcrop-destination"
"""Names the queue, topic or function that AWS would have sent the event to."""

logger = logging.getLogger(__name__)


def outbox(account: str, service: str) -> Scope:
    """Return where the undelivered events of an account's service lie."""
    return Scope(account=account, region="", service=service, kind=OUTBOX)


def queued(scope: Scope, name: str, destination: str, message: Mapping[str, Any]) -> Create:
    """Return the write that queues an event.

    Args:
        scope: The `outbox`.
        name: Of the record; events go out in the order of their names.
        destination: The ARN of the queue, topic or function.
        message: What is posted, as JSON can hold it.
    """
    document = {"destination": destination, "message": dict(message)}
    return Create(scope=scope, name=name, document=document)


def deliver_soon(backends: Backends) -> None:
    """Deliver what is queued, in the background."""
    if backends.webhook_url:
        backends.background.wake("events/deliver", partial(_deliver, backends))


async def _deliver(backends: Backends) -> None:
    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
        scopes = await backends.records.scopes(kind=OUTBOX)
        await asyncio.gather(*(_empty(backends, client, scope) for scope in scopes))


async def _empty(backends: Backends, client: httpx.AsyncClient, scope: Scope) -> None:
    while events := await backends.records.list(scope, limit=BATCH):
        for event in events:
            await _bring(backends.webhook_url, client, event)
            await backends.records.write(Delete(scope=scope, name=event.name, must_exist=False))


async def _bring(url: str, client: httpx.AsyncClient, event: Record) -> None:
    pause = FIRST_PAUSE_SECONDS
    while not await _post(url, client, event):
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


async def _post(url: str, client: httpx.AsyncClient, event: Record) -> bool:
    """Tell whether an event is out of the world: taken, or refused for good."""
    try:
        answer = await client.post(
            url,
            json=event.document["message"],
            headers={DESTINATION_HEADER: event.document["destination"]},
        )
    except httpx.HTTPError as error:
        logger.warning("The webhook does not answer: %r", error)
        return False
    if answer.is_success:
        return True
    is_refused = answer.is_client_error and answer.status_code not in TRY_AGAIN
    outcome = "is dropped" if is_refused else "will be sent again"
    logger.warning("The webhook answers %s: the event %s.", answer.status_code, outcome)
    return is_refused
