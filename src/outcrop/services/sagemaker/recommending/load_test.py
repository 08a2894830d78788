"""One load test: an instance is started, users ask it, and what they see is measured."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from outcrop.jobs.serving import (
    Answerer,
    BrokenAnswerError,
    FleetFailedError,
    NoAnswerError,
    Question,
    TooManyWaitingError,
)
from outcrop.operations import Call
from outcrop.services.sagemaker.hosting.errors import DeploymentFailedError
from outcrop.services.sagemaker.hosting.opening import open_fleet
from outcrop.services.sagemaker.hosting.programs import capacity_of
from outcrop.services.sagemaker.recommending.errors import RecommendingFailedError
from outcrop.services.sagemaker.recommending.measures import Conditions, Seen
from outcrop.services.sagemaker.recommending.traffic import stretches
from outcrop.storage.records.interface import Document

ANSWER_SECONDS = 60.0
AFTER_ERROR_SECONDS = 0.1
"""A user who got an error waits so long."""
LONGEST_MESSAGE = 300


@dataclass(slots=True, kw_only=True)
class LoadTest:
    """One candidate under load."""

    call: Call
    """Acts as the model's role."""
    step: Document
    """The container, its fleet and its instance, as endpoints have them."""
    payloads: Sequence[bytes]
    content_type: str
    conditions: Conditions
    traffic: Mapping[str, Any]
    endpoint: str
    endpoint_url: str
    said: str = ""
    """What the last error of the model was."""
    setup_seconds: float = 0.0
    """From the wish for an instance to its first answer to a ping."""
    _latencies: list[float] = field(default_factory=list[float])
    _errors: int = 0
    _asked: int = 0

    async def go(self) -> Sequence[Seen]:
        """Start an instance, load it and return what was seen; the instance stays.

        Raises:
            RecommendingFailedError: It cannot be started, or answers nothing.
        """
        fleet = await self._start()
        seen: list[Seen] = []
        users: list[asyncio.Task[None]] = []
        try:
            for stretch in stretches(self.traffic):
                while len(users) < stretch.users:
                    users.append(asyncio.create_task(self._ask_on(fleet)))
                for surplus in users[stretch.users :]:
                    surplus.cancel()
                del users[stretch.users :]
                seen.append(await self._look(stretch.users, stretch.seconds))
                if self.conditions.are_met(seen):
                    break
        finally:
            for user in users:
                user.cancel()
            await asyncio.gather(*users, return_exceptions=True)
        if not any(one.latencies for one in seen):
            raise RecommendingFailedError(
                f"The model answered none of the requests. {self.said}".strip()
            )
        return seen

    async def _start(self) -> Answerer:
        fleets = self.call.backends.jobs.fleets
        began = time.monotonic()
        try:
            fleet = await open_fleet(
                self.call, self.step, endpoint=self.endpoint, endpoint_url=self.endpoint_url
            )
            if not fleets.has_room(1):
                raise RecommendingFailedError(
                    f"InsufficientInstanceCapacity: all endpoints of this machine may have"
                    f" {fleets.most} instances together."
                )
            await fleet.scale(1, gives_up=True)
            await fleet.be_ready()
        except (DeploymentFailedError, FleetFailedError) as error:
            raise RecommendingFailedError(str(error)) from error
        self.setup_seconds = time.monotonic() - began
        return fleet

    async def _ask_on(self, fleet: Answerer) -> None:
        """Be a user: ask, wait for the answer, and ask again."""
        headers = {"content-type": self.content_type} if self.content_type else {}
        while True:
            body = self.payloads[self._asked % len(self.payloads)]
            self._asked += 1
            question = Question(path="/invocations", body=body, headers=headers)
            began = time.perf_counter()
            try:
                async with fleet.ask(question, seconds=ANSWER_SECONDS) as answer:
                    content = await answer.read()
                if answer.status < 300:
                    self._latencies.append(time.perf_counter() - began)
                    continue
                words = content.decode(errors="replace")[:LONGEST_MESSAGE]
                self.said = f"The last answer was {answer.status}: {words}"
            except (TooManyWaitingError, NoAnswerError, BrokenAnswerError) as error:
                self.said = str(error)
            self._errors += 1
            await asyncio.sleep(AFTER_ERROR_SECONDS)

    async def _look(self, users: int, seconds: float) -> Seen:
        """Let some time go by and return what was seen in it."""
        fleets, fleet = self.call.backends.jobs.fleets, self.step["fleet"]
        before, began = await fleets.usage(fleet), time.monotonic()
        self._latencies, self._errors = [], 0
        await asyncio.sleep(seconds)
        latencies, errors = self._latencies, self._errors
        took = time.monotonic() - began
        after = await fleets.usage(fleet)
        busy = memory = None
        if before is not None and after is not None:
            used = after.processor_seconds - before.processor_seconds
            busy = max(0.0, 100 * used / (time.monotonic() - began))
            memory = 100 * after.memory_bytes / capacity_of(self.step).memory_bytes
        return Seen(
            users=users,
            seconds=took,
            latencies=latencies,
            errors=errors,
            processor_percent=busy,
            memory_percent=memory,
        )
