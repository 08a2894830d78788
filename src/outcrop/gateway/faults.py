"""Faults on purpose, for users who test how their programs bear them; off unless configured.

A rule of the settings, or the header `x-outcrop-fault` where the settings allow it, makes chosen
operations slow, throttled or failing, or cuts their streams off:

    x-outcrop-fault: throttle
    x-outcrop-fault: delay=1500
    x-outcrop-fault: error=ServiceUnavailableException
    x-outcrop-fault: cut=3
"""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from outcrop.aws.errors import ServiceError, ThrottlingError, ValidationError
from outcrop.aws.http import HttpRequest, HttpResponse
from outcrop.gateway.identify import Identity
from outcrop.gateway.settings import FaultRule, FaultSettings
from outcrop.operations.objects import as_chunks

HEADER = "x-outcrop-fault"


class StreamCutError(Exception):
    """An answer breaks off here, on purpose."""


class Faults:
    """Decides which request meets which fault."""

    def __init__(self, settings: FaultSettings) -> None:
        self._settings = settings
        self._random = random.Random(settings.seed)  # noqa: S311 - no secret

    def of(self, identity: Identity, request: HttpRequest) -> Sequence[FaultRule]:
        """Return the faults that befall a request.

        Raises:
            ValidationError: The request asks for a fault that there is not.
        """
        asked = request.headers.get(HEADER) if self._settings.header else None
        if asked is not None:
            return (_asked_for(asked),)
        return [
            rule
            for rule in self._settings.rules
            if fnmatchcase(identity.service, rule.service)
            and fnmatchcase(identity.operation, rule.operation)
            and self._random.random() < rule.probability
        ]


async def befall(rules: Sequence[FaultRule]) -> None:
    """Wait, or raise, as the rules say.

    Raises:
        ServiceError: The one that a rule names.
    """
    for rule in rules:
        match rule.kind:
            case "delay":
                await asyncio.sleep(rule.delay_ms / 1000)
            case "throttle":
                raise ThrottlingError("Rate exceeded (a configured fault).")
            case "error":
                error_class = type("FaultError", (ServiceError,), {"code": rule.error})
                error_class.http_status = 500
                raise error_class("This error is a configured fault.")
            case "cut":
                pass


def cut(response: HttpResponse, rules: Sequence[FaultRule]) -> HttpResponse:
    """Return the response, cut off where a rule says so."""
    for rule in rules:
        if rule.kind == "cut" and response.body:
            body = response.body
            chunks = body if isinstance(body, AsyncIterator) else as_chunks(body)
            return replace(response, body=_cut(chunks, rule.cut_after))
    return response


async def _cut(chunks: AsyncIterator[bytes], after: int) -> AsyncGenerator[bytes, None]:
    sent = 0
    try:
        async for chunk in chunks:
            if sent == after:
                raise StreamCutError
            sent += 1
            yield chunk
    finally:
        close = getattr(chunks, "aclose", None)
        if close is not None:
            await close()


def _asked_for(text: str) -> FaultRule:
    kind, _, value = text.strip().partition("=")
    make: dict[str, Callable[[], FaultRule]] = {
        "throttle": lambda: FaultRule(kind="throttle"),
        "delay": lambda: FaultRule(kind="delay", delay_ms=float(value)),
        "error": lambda: FaultRule(kind="error", error=value),
        "cut": lambda: FaultRule(kind="cut", cut_after=int(value)),
    }
    try:
        return make[kind]()
    except (KeyError, ValueError) as error:
        raise ValidationError(f"{HEADER}: {text!r} is no fault.") from error
