"""Entries as they arrive: lines of a compressed file in S3, events in CloudWatch Logs."""

import asyncio
import gzip
import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations.call import Call
from outcrop.operations.log_events import ensure_stream, put_events
from outcrop.storage.records.interface import Record, Scope

STREAM = "aws/bedrock/modelinvocations"

logger = logging.getLogger(__name__)


async def deliver(call: Call, batch: Sequence[Record]) -> None:
    """Bring entries, all of one configuration and hour, to their destinations."""
    config = batch[0].document["config"]
    for destination, deliver in (("s3Config", _to_s3), ("cloudWatchConfig", _to_cloudwatch)):
        if destination not in config:
            continue
        try:
            await deliver(call, config[destination], batch)
        except ServiceError as error:
            logger.warning(
                "%d entries of account %s's invocation log were refused by its %s: %s",
                len(batch),
                call.account,
                destination,
                error.message,
            )


def log_key(bucket_config: Mapping[str, Any], account: str, region: str, name: str) -> str:
    """Return the key of one of the log's objects.

    Args:
        bucket_config: A bucket and a prefix, as the account has configured them.
        account: Whose log it is.
        region: Of which region.
        name: What follows the region.
    """
    prefix = bucket_config.get("keyPrefix", "").strip("/")
    root = f"AWSLogs/{account}/BedrockModelInvocationLogs/{region}/{name}"
    return f"{prefix}/{root}" if prefix else root


def large_bodies(place: Scope) -> Scope:
    """Return where large bodies wait, each by itself: a queue of them would fill the memory."""
    return place._replace(kind=f"{place.kind}-body")


async def _to_s3(call: Call, config: Mapping[str, Any], batch: Sequence[Record]) -> None:
    lines = [await _line(call, record, large_to=config) for record in batch]
    time = batch[0].document["time"]
    digest = hashlib.sha256("".join(record.name for record in batch).encode()).hexdigest()
    stamp = f"{time:%Y%m%dT%H%M%S}{time.microsecond // 1000:03d}Z"
    await _write(call, config, time, f"{stamp}_{digest[:16]}.json.gz", "\n".join(lines) + "\n")


async def _to_cloudwatch(call: Call, config: Mapping[str, Any], batch: Sequence[Record]) -> None:
    group, large_to = config["logGroupName"], config.get("largeDataDeliveryS3Config")
    await ensure_stream(call, group, STREAM)
    events = [(it.document["time"], await _line(call, it, large_to=large_to)) for it in batch]
    await put_events(call, group, STREAM, events)


async def _line(call: Call, record: Record, *, large_to: Mapping[str, Any] | None) -> str:
    """Return an entry as it is told at one destination, its large bodies put beside it."""
    document = record.document
    entry = dict(document["entry"])
    for side, body in document["bodies"].items():
        entry[side] = {**entry[side], f"{side}BodyJson": json.loads(body)}
    if large_to is None:
        return _as_json(entry)
    for side in document["large"]:
        body = await call.backends.records.get(large_bodies(record.scope), f"{record.name}/{side}")
        name = f"data/{entry['requestId']}_{side}.json.gz"
        path = await _write(call, large_to, document["time"], name, body.document["body"])
        entry[side] = {**entry[side], f"{side}BodyS3Path": path}
    return _as_json(entry)


def _as_json(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":"))


async def _write(
    call: Call, config: Mapping[str, Any], time: datetime, name: str, text: str
) -> str:
    """Write an object of the log below its hour, compressed, and return its URI."""
    key = log_key(config, call.account, call.region, f"{time:%Y/%m/%d/%H}/{name}")
    content = await asyncio.to_thread(gzip.compress, text.encode(), mtime=0)
    await call.objects.write(config["bucketName"], key, content, content_type="application/gzip")
    return f"s3://{config['bucketName']}/{key}"
