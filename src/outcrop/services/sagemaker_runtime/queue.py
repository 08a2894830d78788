"""Requests that nobody waits for: kept in records until their answers are in S3.

Each is answered at least once: one that was being answered when the server died is asked again.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference.html
"""

import asyncio
import logging
import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.aws.s3_uris import bucket_and_key
from outcrop.operations import Backends, Call
from outcrop.operations.background import call_without_request
from outcrop.operations.records import every
from outcrop.services.sagemaker_runtime.asking import Invocation
from outcrop.services.sagemaker_runtime.routes import find_route
from outcrop.storage.records.interface import Create, Delete, Document, Record, Scope

KIND = "async-invocation"
LIVES_SECONDS, ANSWER_SECONDS = 21_600, 900
"""For which a request waits at most, and an answer takes, if the request says nothing."""
AT_ONCE = 4
"""Requests by each instance, if the configuration says nothing: AWS chooses a number itself."""
LOOK_SECONDS = 0.5
"""Between looks for new requests, while others are answered."""
logger = logging.getLogger(__name__)


async def add(call: Call, document: Document) -> None:
    """Keep a request until it is answered."""
    now = call.backends.now()
    place = Scope(call.account, call.region, "sagemaker-runtime", KIND)
    create = Create(
        scope=place,
        name=f"{int(now.timestamp() * 1e6):020}-{uuid.uuid4()}",  # The order of their answers.
        document={**document, "queued": now},
        indexes={"endpoint": document["endpoint"]},
    )
    await call.backends.records.write(create)
    _wake(call.backends, place, document["endpoint"])


async def resume(backends: Backends) -> None:
    """Go on with what waits."""
    for place in await backends.records.scopes(service="sagemaker-runtime", kind=KIND):
        endpoints = {one.document["endpoint"] async for one in every(backends.records, place)}
        for endpoint in endpoints:
            _wake(backends, place, endpoint)


def _wake(backends: Backends, place: Scope, endpoint: str) -> None:
    name = f"sagemaker-runtime/queue/{place.account}/{place.region}/{endpoint}"
    backends.background.wake(name, partial(_work, backends, place, endpoint))


async def _work(backends: Backends, place: Scope, endpoint: str) -> None:
    """Answer what an endpoint is asked, until nothing is left."""
    call = call_without_request(
        backends,
        service="sagemaker-runtime",
        operation="InvokeEndpointAsync",
        account=place.account,
        region=place.region,
    )
    under_way: dict[str, asyncio.Task[None]] = {}
    try:
        while True:
            at_once = await _at_once(call, endpoint)
            waiting = await backends.records.list(
                place, index=("endpoint", endpoint), limit=max(1, 2 * at_once)
            )
            for record in waiting:
                if record.name not in under_way and len(under_way) < max(1, at_once):
                    under_way[record.name] = asyncio.create_task(_answer(call, record))
            if not under_way:
                return
            await asyncio.wait(
                under_way.values(), timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            for name in [name for name, task in under_way.items() if task.done()]:
                under_way.pop(name).result()
    finally:
        for task in under_way.values():
            task.cancel()
        await asyncio.gather(*under_way.values(), return_exceptions=True)


async def _at_once(call: Call, endpoint: str) -> int:
    """Return how many requests an endpoint answers at once; 0 if it has gone."""
    try:
        route = await find_route(call, endpoint)
    except ServiceError:
        return 0
    config: Mapping[str, Any] = route.details["asynchronous"] or {}
    client: Mapping[str, int] = config.get("ClientConfig", {})
    each = client.get("MaxConcurrentInvocationsPerInstance", AT_ONCE)
    return each * max(1, sum(share.size for share in route.shares))


async def _answer(call: Call, record: Record) -> None:
    """Have a request answered, put what comes of it into S3, and forget it."""
    request = record.document
    try:
        role = await _role(call, request["endpoint"])
        try:
            body, content_type = await _ask(call, role, request)
            await _put(role, request["output"], body, content_type)
        except ServiceError as error:
            logger.info("An asynchronous request failed: %s", error.message)
            if request["failure"]:
                await _put(role, request["failure"], error.message.encode(), "text/plain")
    except ServiceError as error:
        logger.warning("What came of an asynchronous request is lost: %s", error.message)
    delete = Delete(scope=record.scope, name=record.name, must_exist=False)
    await call.backends.records.write(delete)


async def _ask(call: Call, role: Call, request: Document) -> tuple[bytes, str]:
    age = (call.backends.now() - request["queued"]).total_seconds()
    if age > request["lives_seconds"]:
        raise ServiceError(f"The request has waited {age:.0f} seconds, longer than it may.")
    body, content_type = request["body"], None
    if request["input"]:
        bucket, key = bucket_and_key(request["input"])
        told = await role.ask("s3", "HeadObject", Bucket=bucket, Key=key)
        body, content_type = await role.objects.read(bucket, key), told.get("ContentType")
    given = {"ContentType": content_type} if content_type else {}
    invocation = await Invocation.of(
        call,
        {**given, **request["request"], "Body": body},
        asynchronous_seconds=float(request["answer_seconds"]),
    )
    async with invocation.answer() as answer:
        answered = await invocation.read(answer)
        return answered, answer.headers.get("content-type", "application/octet-stream")


async def _role(call: Call, endpoint: str) -> Call:
    """Return a call that acts as the model's role."""
    route = await find_route(call, endpoint)
    return call_without_request(
        call.backends,
        service="sagemaker",
        operation=call.operation,
        account=call.account,
        region=call.region,
        role=route.details["roles"][route.shares[0].name],
    )


async def _put(role: Call, uri: str, body: bytes, content_type: str) -> None:
    bucket, key = bucket_and_key(uri)
    await role.objects.write(bucket, key, body, content_type=content_type)
