"""The ASGI application: one request in, one answer out, one line in the journal."""

import asyncio
import logging
import time
from typing import Any, cast

from outcrop.aws.errors import (
    IncompleteBodyError,
    InternalFailureError,
    ServiceUnavailableError,
)
from outcrop.aws.http import HttpRequest, HttpResponse
from outcrop.gateway.gateway import Gateway
from outcrop.gateway.journal import Journal
from outcrop.gateway.plain_errors import plain_error
from outcrop.gateway.trace import Trace
from outcrop.server.administration import Administration
from outcrop.server.asgi import AsgiChannel, Message, Receive, Send
from outcrop.server.channel import Channel, ClientDisconnectedError
from outcrop.server.measures import Measures
from outcrop.server.web_socket import WebSocketChannel
from outcrop.storage.full_disk import is_full_disk
from outcrop.storage.records.interface import RecordsUnavailableError

logger = logging.getLogger(__name__)

CLIENT_CLOSED_REQUEST = 499
"""What nginx logs for a client that left before its answer."""
LOOK_EVERY_SECONDS = 0.05
"""How often answers under way are looked after: whether their clients are still there."""
GIVING_UP_SECONDS = 1.0
"""How long an answer that is given up may take to end."""


class Application:
    """Answers HTTP by the gateway."""

    def __init__(
        self,
        *,
        gateway: Gateway,
        administration: Administration,
        journal: Journal,
        measures: Measures,
        body_idle_seconds: float,
    ) -> None:
        """Take what `assembly` made."""
        self.body_idle_seconds = body_idle_seconds
        self._gateway = gateway
        self._administration = administration
        self._journal = journal
        self._measures = measures
        self._under_way: dict[asyncio.Task[Any], Channel] = {}
        measures.in_progress.set_function(lambda: len(self._under_way))
        self._is_looking = False
        self._is_draining = False

    async def drain(self, seconds: float) -> None:
        """Take no new requests, wait for the answers under way, and give up those that remain."""
        self._is_draining = True
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=seconds)
            for task in late:
                task.cancel()
            if late:  # Their journal lines come before the journal is closed.
                await asyncio.wait(late, timeout=GIVING_UP_SECONDS)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one ASGI connection."""
        if scope["type"] == "http":
            idle = self.body_idle_seconds
            await self.answer(AsgiChannel(scope, receive, send, body_idle_seconds=idle))
        elif scope["type"] == "websocket":
            await self._answer_call(WebSocketChannel(scope, receive, send))

    async def answer(self, channel: Channel) -> None:
        """Answer one request.

        Raises:
            Exception: The answer broke off after its head was sent.
        """
        own = await self._administration.answer(channel.request)
        if own is not None:
            await channel.send(own)
        else:
            await self._answer_call(channel)

    async def _answer_call(self, channel: Channel) -> None:
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        self._under_way[task] = channel
        self._look_later()
        request = channel.request
        trace = Trace()
        channel.cancel_when_gone(task)
        status = CLIENT_CLOSED_REQUEST
        try:
            await channel.send(await self._response(request, trace))
            status = channel.status
        except asyncio.CancelledError:
            logger.debug("%s: the client went away", trace.request_id)
        except Exception:
            # The head is sent already: breaking off is the only way to say that more was to come.
            logger.exception("%s: the answer broke off", trace.request_id)
            status = 500
            raise
        finally:
            channel.close()
            entry = trace.entry(request, status=status, bytes_sent=channel.bytes_sent)
            self._journal.write(entry)
            self._measures.count(entry)
            del self._under_way[task]

    def _look_later(self) -> None:
        """Look after all that is under way by one timer: a timer for each would cost more."""
        if not self._is_looking:
            self._is_looking = True
            asyncio.get_running_loop().call_later(LOOK_EVERY_SECONDS, self._look)

    def _look(self) -> None:
        self._is_looking = False
        now = time.monotonic()
        for channel in list(self._under_way.values()):
            channel.look(now)
        if self._under_way:
            self._look_later()

    async def _response(self, request: HttpRequest, trace: Trace) -> HttpResponse:
        if self._is_draining:
            error = ServiceUnavailableError("The server is stopping.")
            return plain_error(request, error, trace.request_id)
        try:
            return await self._gateway.answer(request, trace)
        except ClientDisconnectedError:
            # A client that broke the rules of HTTP counts as gone, too, and waits for this.
            error = IncompleteBodyError("The request's body ended before it was whole.")
            return self._gateway.refuse(request, error, trace)
        except RecordsUnavailableError as error:
            logger.warning("%s: %s: %s", trace.request_id, trace.identity, error)
            unavailable = ServiceUnavailableError("The database does not answer. Please try again.")
            return self._gateway.refuse(request, unavailable, trace)
        except Exception as failure:
            if is_full_disk(failure):
                logger.warning("%s: %s: %s", trace.request_id, trace.identity, failure)
                unavailable = ServiceUnavailableError("The server's disk is full.")
                return self._gateway.refuse(request, unavailable, trace)
            logger.exception("%s: %s failed", trace.request_id, trace.identity)
            error = InternalFailureError(
                "An internal error occurred. The server's log has it under request id "
                f"{trace.request_id}."
            )
            return self._gateway.refuse(request, error, trace)
