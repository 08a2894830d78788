"""Brings queued events to the configured webhook, in order, until each has arrived.

Events are queued in one batch with the change that they tell of and leave the queue when the
webhook has taken them: none is lost in a crash, and one may come twice, as on AWS.
"""

import asyncio
import logging
from dataclasses import dataclass, field

import httpx

from outcrop.operations import Backends
from outcrop.services.s3.notifications import OUTBOX
from outcrop.storage.records.interface import Delete, Record, Scope

BATCH = 100
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 60.0
TIMEOUT_SECONDS = 10.0
TRY_AGAIN = frozenset((408, 429))
"""Client errors that go by; an event that the webhook refuses otherwise is dropped."""
DESTINATION_HEADER = "x-outcrop-destination"
"""Names the queue, topic or function that AWS would have sent the event to."""

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Courier:
    """Delivers for one server."""

    backends: Backends
    has_news: asyncio.Event = field(default_factory=asyncio.Event)
    task: "asyncio.Task[None] | None" = None

    def wake(self) -> None:
        self.has_news.set()
        if self.task is None or self.task.done():
            self.task = asyncio.get_running_loop().create_task(self._deliver())

    async def _deliver(self) -> None:
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
            while self.has_news.is_set():
                self.has_news.clear()
                scopes = await self.backends.records.scopes(service="s3", kind=OUTBOX)
                await asyncio.gather(*(self._empty(client, scope) for scope in scopes))

    async def _empty(self, client: httpx.AsyncClient, scope: Scope) -> None:
        while events := await self.backends.records.list(scope, limit=BATCH):
            for event in events:
                await self._bring(client, event)
                await self.backends.records.write(
                    Delete(scope=scope, name=event.name, must_exist=False)
                )

    async def _bring(self, client: httpx.AsyncClient, event: Record) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not await self._post(client, event):
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    async def _post(self, client: httpx.AsyncClient, event: Record) -> bool:
        try:
            answer = await client.post(
                self.backends.webhook_url,
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


_couriers: dict[int, _Courier] = {}
"""One per server, by the identity of its record store."""


def deliver_soon(backends: Backends) -> None:
    """Deliver what is queued, in the background."""
    if not backends.webhook_url:
        return
    courier = _couriers.get(id(backends.records))
    if courier is None or courier.backends.records is not backends.records:
        courier = _couriers[id(backends.records)] = _Courier(backends)
    courier.wake()
