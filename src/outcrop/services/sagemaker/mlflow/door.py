"""The way of a request to a tracking server: who may ask, what goes on, what comes back.

Source: https://github.com/aws/sagemaker-mlflow
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

from outcrop.aws.http import HttpRequest, HttpResponse
from outcrop.jobs.serving import (
    Answer,
    Answerer,
    BrokenAnswerError,
    NoAnswerError,
    Question,
    TooManyWaitingError,
)
from outcrop.operations import Call
from outcrop.services.sagemaker.mlflow import registration
from outcrop.services.sagemaker.mlflow.life import route_name
from outcrop.services.sagemaker.mlflow.paths import SIGN_IN, Tracked, read
from outcrop.services.sagemaker.mlflow.sign_in import is_signed_in, sign_in
from outcrop.services.sagemaker.mlflow.states import is_busy
from outcrop.storage.records.interface import Record, Scope

ANSWER_SECONDS = 600.0
READY_SECONDS = 30.0
"""How long requests wait for a tracking server that runs, soon after the server's own start."""
LONGEST_BODY = 64 << 20
"""Artifacts go to S3 without passing here; what does are parameters, metrics, traces."""
NOT_PASSED_ON = frozenset(
    (
        *("connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"),
        *("content-length", "expect", "host", "proxy-connection"),
        *("authorization", "cookie", "origin", "referer"),
    )
)
NOT_PASSED_BACK = frozenset(
    ("connection", "keep-alive", "trailer", "transfer-encoding", "upgrade", "set-cookie")
)
BODILESS = frozenset((204, 304))
NOT_FOUND = "Tracking server could not be found"


async def answer(call: Call, request: HttpRequest) -> HttpResponse:
    """Answer a request below the paths of tracking servers."""
    tracked = read(request)
    if tracked is None:
        return _say(404, NOT_FOUND)
    if tracked.path == SIGN_IN and request.method == "GET":
        signed_in = await sign_in(call, tracked, request)
        return signed_in or _say(403, "This URL is not valid any more. Please create another one.")
    if not _is_own_page(request):
        return _say(403, "Requests of other sites' pages are not answered.")
    if call.account != tracked.account and not await is_signed_in(call, tracked, request):
        return _say(403, "Please sign in by a presigned URL, or sign the request.")
    if not tracked.path:
        return HttpResponse(status=307, headers={"location": f"{tracked.home}/"})
    return await _asked(call, tracked, request)


async def _asked(call: Call, tracked: Tracked, request: HttpRequest) -> HttpResponse:
    place = Scope(tracked.account, tracked.region, "sagemaker", tracked.kind)
    tracker = await call.backends.records.find(place, tracked.name)
    if tracker is None:
        return _say(404, NOT_FOUND)
    fleet = await _fleet(call, tracker)
    if fleet is None:
        return _say(503, f"{tracked.name} does not run: its status is {_status(tracker)}.")
    question = await _question(tracked, request)
    held = AsyncExitStack()
    try:
        told = await held.enter_async_context(fleet.ask(question, seconds=ANSWER_SECONDS))
    except TooManyWaitingError as error:
        return _say(429, str(error))
    except (NoAnswerError, BrokenAnswerError) as error:
        return _say(503, f"{tracked.name} did not answer: {error}")
    if tracked.path.endswith(registration.CREATED) and told.status == 200:
        registration.wake(call.backends, tracker, fleet)
    headers = _headers(told, tracked)
    if request.method == "HEAD" or told.status in BODILESS:
        async with held:
            await told.read()
        return HttpResponse(status=told.status, headers=headers)
    return HttpResponse(status=told.status, headers=headers, body=_Pieces(told, held))


async def _fleet(call: Call, tracker: Record) -> Answerer | None:
    """Return who answers; soon after the server's start, wait for it."""
    fleets, name = call.backends.jobs.trackers, route_name(tracker)
    route = fleets.route(name)
    if route is None and tracker.document["active"] and not is_busy(tracker.document):
        try:
            async with asyncio.timeout(READY_SECONDS):
                route = await fleets.published(name)
        except TimeoutError:
            return None
    return fleets.opened(tracker.document["fleet"]) if route is not None else None


async def _question(tracked: Tracked, request: HttpRequest) -> Question:
    query = f"?{request.query_string}" if request.query_string else ""
    headers = {
        name: value
        for name, value in request.headers.items()
        if name not in NOT_PASSED_ON and not name.startswith(("x-amz-", "x-forwarded-"))
    }
    return Question(
        method="GET" if request.method == "HEAD" else request.method,
        path=f"{tracked.path}{query}",
        headers=headers,
        body=await request.body.read(LONGEST_BODY),
    )


def _headers(told: Answer, tracked: Tracked) -> dict[str, str]:
    headers = {name: value for name, value in told.headers.items() if name not in NOT_PASSED_BACK}
    if "location" in headers:
        headers["location"] = _moved(headers["location"], tracked)
    return headers


def _moved(location: str, tracked: Tracked) -> str:
    """Return where a redirection leads for who knows the tracking server below a path."""
    parts = urlsplit(location)
    if parts.netloc not in ("", "localhost") or not parts.path.startswith("/"):
        return location
    return tracked.home + parts._replace(scheme="", netloc="").geturl()


class _Pieces(AsyncIterator[bytes]):
    """The body of an answer, which is held until it has come or nobody wants it any more."""

    def __init__(self, told: Answer, held: AsyncExitStack) -> None:
        self._told = told
        self._held = held

    async def __anext__(self) -> bytes:
        try:
            return await anext(self._told.pieces)
        except BaseException:
            await self._held.aclose()
            raise

    async def aclose(self) -> None:
        """Let go of the answer."""
        await self._held.aclose()


def _is_own_page(request: HttpRequest) -> bool:
    """Tell whether no page of another site has a browser ask."""
    origin = request.headers.get("origin", "")
    return not origin or urlsplit(origin).netloc == request.headers.get("host", "")


def _status(tracker: Record) -> str:
    return tracker.document["status"]


def _say(status: int, text: str) -> HttpResponse:
    headers = {"content-type": "text/plain; charset=utf-8"}
    return HttpResponse(status=status, headers=headers, body=text.encode())
