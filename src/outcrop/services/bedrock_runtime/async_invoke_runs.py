"""An asynchronous invocation at work, and again from its beginning when the server starts anew.

What a model says cannot be taken up in the middle; an invocation that was cut off is run again, and
its output written once, under the same keys.
"""

import asyncio
import json
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.aws.s3_uris import bucket_and_key
from outcrop.aws.user_json import read_json
from outcrop.operations import Backends, Call
from outcrop.operations.background import call_without_request
from outcrop.operations.records import change, every
from outcrop.storage.records.interface import Document, Record, RecordNotFoundError

SERVICE = "bedrock-runtime"
KIND = "async-invoke"
OUTPUT = "output.json"
MANIFEST = "manifest.json"
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
"""Between tries while the model has no room."""

logger = logging.getLogger(__name__)


def start(backends: Backends, invocation: Record) -> None:
    """Let an invocation run in the background."""
    scope = invocation.scope
    name = f"{SERVICE}/{KIND}/{scope.account}/{scope.region}/{invocation.name}"
    backends.background.start(name, partial(_run, backends, invocation))


async def resume(backends: Backends) -> None:
    """Run again what an earlier run of the server left unfinished."""
    for scope in await backends.records.scopes(service=SERVICE, kind=KIND):
        async for invocation in every(backends.records, scope):
            if invocation.document["status"] == "InProgress":
                start(backends, invocation)


def s3_place(uri: str) -> tuple[str, str]:
    """Return the bucket of an S3 URI, and the beginning of keys below it."""
    bucket, key = bucket_and_key(uri)
    return bucket, f"{key.rstrip('/')}/" if key.strip("/") else ""


async def _run(backends: Backends, invocation: Record) -> None:
    call = call_without_request(
        backends,
        service=SERVICE,
        operation="StartAsyncInvoke",
        account=invocation.scope.account,
        region=invocation.scope.region,
    )
    end: dict[str, Any] = {"status": "Completed"}
    try:
        await _write(call, invocation.document, await _answer(call, invocation.document))
    except ServiceError as error:
        end = {"status": "Failed", "failure": error.message}
    except Exception:
        logger.exception("The asynchronous invocation %s met a fault of ours.", invocation.name)
        end = {"status": "Failed", "failure": "An internal error occurred."}
    now = backends.now()

    def ended(document: Document) -> Document:
        return {**document, **end, "modified": now, "ended": now}

    try:
        await change(backends.records, invocation.scope, invocation.name, ended)
    except RecordNotFoundError:
        return  # Whoever emptied the account wants none.


async def _answer(call: Call, document: Document) -> Mapping[str, Any]:
    """Return the model's answer, however long it takes until there is room for the question."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            answer = await call.ask(
                SERVICE,
                "InvokeModel",
                modelId=document["model_id"],
                body=json.dumps(document["input"]).encode(),
            )
            return read_json(answer["body"])
        except ServiceError as error:
            if error.code != "ThrottlingException":
                raise
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


async def _write(call: Call, document: Document, answer: Mapping[str, Any]) -> None:
    """Write the answer, then the manifest that says where it is."""
    bucket, beginning = s3_place(document["output"]["s3Uri"])
    folder = f"{beginning}{document['id']}/"
    content = json.dumps(answer, ensure_ascii=False).encode()
    manifest = {
        "invocationArn": call.arn(f"{KIND}/{document['id']}", service="bedrock"),
        "modelId": document["model_id"],
        "outputs": [
            {
                "uri": f"s3://{bucket}/{folder}{OUTPUT}",
                "contentType": "application/json",
                "sizeBytes": len(content),
            }
        ],
    }
    for name, body in ((OUTPUT, content), (MANIFEST, json.dumps(manifest).encode())):
        await call.objects.write(bucket, folder + name, body, content_type="application/json")
