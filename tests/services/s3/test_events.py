"""Events that reach a webhook, on real stores and over real HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from outcrop.operations.event_delivery import deliver_soon
from tests.services.s3.stores import ACCOUNT, Handlers, handlers

TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:news"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:work"


class Webhook:
    """An HTTP server that remembers what is posted to it."""

    def __init__(self, statuses: list[int]) -> None:
        self.arrived: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.url = ""
        self._statuses = statuses

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            headers = dict(
                line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:] if line
            )
            body = await reader.readexactly(int(headers["content-length"]))
            status = self._statuses.pop(0) if self._statuses else 200
            writer.write(b"HTTP/1.1 %d Status\r\ncontent-length: 0\r\n\r\n" % status)
            await writer.drain()
            if status == 200:
                self.arrived.put_nowait((headers["x-outcrop-destination"], json.loads(body)))

    async def next(self) -> tuple[str, Any]:
        return await asyncio.wait_for(self.arrived.get(), 60)


@asynccontextmanager
async def webhook(*statuses: int) -> AsyncIterator[Webhook]:
    hook = Webhook(list(statuses))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await hook.answer(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    hook.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/events"
    try:
        yield hook
    finally:
        server.close()


async def listen(s3: Handlers, **configuration: Any) -> None:
    await s3("CreateBucket", Bucket="bucket")
    await s3(
        "PutBucketNotificationConfiguration",
        Bucket="bucket",
        NotificationConfiguration=configuration,
    )


@pytest.mark.anyio
async def test_a_new_object_is_announced(tmp_path: Path):
    async with webhook() as hook, handlers(tmp_path, webhook_url=hook.url) as s3:
        await listen(
            s3,
            TopicConfigurations=[
                {"Id": "mine", "TopicArn": TOPIC, "Events": ["s3:ObjectCreated:*"]}
            ],
        )
        destination, test = await hook.next()
        await s3("PutObject", Bucket="bucket", Key="a key/é", Body=b"body")
        _, message = await hook.next()

    (record,) = message["Records"]
    datetime.fromisoformat(record.pop("eventTime"))
    assert (destination, test["Event"], test["Bucket"]) == (TOPIC, "s3:TestEvent", "bucket")
    assert int(record["s3"]["object"].pop("sequencer"), 16) > 0
    assert record == {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "us-east-1",
        "eventName": "ObjectCreated:Put",
        "userIdentity": {"principalId": "AWS:me"},
        "responseElements": {"x-amz-request-id": "request"},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "mine",
            "bucket": {
                "name": "bucket",
                "ownerIdentity": {"principalId": ACCOUNT},
                "arn": "arn:aws:s3:::bucket",
            },
            "object": {
                "key": "a+key%2F%C3%A9",
                "size": 4,
                "eTag": "841a2d689ad86bd1611447453c22c6fc",
            },
        },
    }


@pytest.mark.anyio
async def test_only_what_a_listener_asked_for_is_announced(tmp_path: Path):
    rules = [{"Name": "prefix", "Value": "in/"}, {"Name": "suffix", "Value": ".jpg"}]
    async with webhook() as hook, handlers(tmp_path, webhook_url=hook.url) as s3:
        await listen(
            s3,
            QueueConfigurations=[
                {
                    "QueueArn": QUEUE,
                    "Events": ["s3:ObjectRemoved:Delete"],
                    "Filter": {"Key": {"FilterRules": rules}},
                }
            ],
        )
        await hook.next()
        for key in ("in/a.png", "out/a.jpg", "in/a.jpg"):
            await s3("PutObject", Bucket="bucket", Key=key, Body=b"")
            await s3("DeleteObject", Bucket="bucket", Key=key)
        destination, message = await hook.next()

    assert destination == QUEUE
    assert [record["s3"]["object"]["key"] for record in message["Records"]] == ["in%2Fa.jpg"]
    assert hook.arrived.empty()


@pytest.mark.anyio
async def test_an_event_that_comes_while_delivery_ends_is_delivered(tmp_path: Path):
    async with webhook() as hook, handlers(tmp_path, webhook_url=hook.url) as s3:
        await listen(
            s3, QueueConfigurations=[{"QueueArn": QUEUE, "Events": ["s3:ObjectCreated:*"]}]
        )
        await hook.next()
        for number in range(200):
            await s3("PutObject", Bucket="bucket", Key=f"{number}", Body=b"")
            _, message = await hook.next()
            await asyncio.sleep(number / 100_000)  # Somewhere in the end of the delivery.
            assert message["Records"][0]["s3"]["object"]["key"] == f"{number}"


@pytest.mark.anyio
async def test_an_event_is_sent_again_until_it_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("outcrop.operations.event_delivery.FIRST_PAUSE_SECONDS", 0.01)
    async with webhook(503, 429) as hook, handlers(tmp_path, webhook_url=hook.url) as s3:
        await listen(
            s3, TopicConfigurations=[{"TopicArn": TOPIC, "Events": ["s3:ObjectCreated:*"]}]
        )

        assert (await hook.next())[1]["Event"] == "s3:TestEvent"


@pytest.mark.anyio
async def test_an_event_that_is_refused_is_dropped(tmp_path: Path):
    async with webhook(404) as hook, handlers(tmp_path, webhook_url=hook.url) as s3:
        await listen(
            s3, TopicConfigurations=[{"TopicArn": TOPIC, "Events": ["s3:ObjectCreated:*"]}]
        )
        await s3("PutObject", Bucket="bucket", Key="key", Body=b"")

        assert "Records" in (await hook.next())[1]


@pytest.mark.anyio
async def test_what_was_queued_before_a_restart_is_delivered_after_it(tmp_path: Path):
    unused = "http://127.0.0.1:9/"  # the discard port: nobody listens
    async with handlers(tmp_path, webhook_url=unused) as s3:
        await listen(s3, EventBridgeConfiguration={})
        await s3("PutObject", Bucket="bucket", Key="key", Body=b"")

    async with webhook() as hook, handlers(tmp_path, webhook_url=hook.url) as s3:
        deliver_soon(s3.backends)

        destination, message = await hook.next()

    assert destination == "arn:aws:events"
    assert message["Records"][0]["eventName"] == "ObjectCreated:Put"


@pytest.mark.anyio
async def test_nothing_is_queued_without_a_webhook(tmp_path: Path):
    async with handlers(tmp_path) as s3:
        await listen(s3, EventBridgeConfiguration={})
        await s3("PutObject", Bucket="bucket", Key="key", Body=b"")

        assert await s3.backends.records.scopes(service="s3", kind="event") == []
