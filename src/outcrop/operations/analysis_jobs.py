"""Jobs that analyse one object of S3: what those of Rekognition and of Textract have in common.

Source: https://docs.aws.amazon.com/rekognition/latest/dg/api-video.html
Source: https://docs.aws.amazon.com/textract/latest/dg/api-async.html
"""

import contextlib
import secrets
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path
from typing import Any

from outcrop.operations.call import Call
from outcrop.operations.event_delivery import outbox, queued
from outcrop.operations.objects import ObjectTooLargeError
from outcrop.operations.service_jobs import JobFailedError, JobFamily, ServiceJob, submit
from outcrop.storage.records.interface import Document, Record, Write

ASKED = "asked"
"""The member of a job's document that holds the request which began it."""
OF_THE_REQUEST = ("ClientRequestToken", "JobTag", "NotificationChannel")
"""Members that may differ between requests with one token."""


class TokenReusedError(Exception):
    """The `ClientRequestToken` was used with other parameters."""


async def begin(call: Call, family: JobFamily, request: Mapping[str, Any]) -> Record:
    """Begin a job, and return it or the one that has the request's token.

    Raises:
        TokenReusedError: That one was asked for something else.
    """
    job = await submit(
        call,
        family,
        secrets.token_hex(32),
        {ASKED: dict(request)},
        token=request.get("ClientRequestToken", ""),
    )
    if _subject(job.document[ASKED]) != _subject(request):
        raise TokenReusedError
    return job


def _subject(request: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in request.items() if name not in OF_THE_REQUEST}


@contextlib.asynccontextmanager
async def fetched(job: ServiceJob, member: str, *, limit: int) -> AsyncGenerator[Path]:
    """Give a file with the object that a job analyses, in a folder of its own.

    Args:
        job: At work.
        member: Of its request, which names the object: `Video`.
        limit: In bytes.

    Raises:
        JobFailedError: It has more.
    """
    place = job.document[ASKED][member]["S3Object"]
    try:
        async with job.call.objects.fetched(
            place["Bucket"], place["Name"], version=place.get("Version", ""), limit=limit
        ) as path:
            yield path
    except ObjectTooLargeError as error:
        raise JobFailedError(f"It has more than {limit} bytes.") from error


def news_of(job: ServiceJob, ended: Document, *, member: str) -> Sequence[Write]:
    """Return the news of a job's end for the topic that its request named; see `JobFamily.news`.

    Source: https://docs.aws.amazon.com/rekognition/latest/dg/video-notification-payload.html
    Source: https://docs.aws.amazon.com/textract/latest/dg/async-notification-payload.html
    """
    asked, backends = ended[ASKED], job.call.backends
    if "NotificationChannel" not in asked or not backends.webhook_url:
        return ()
    place = asked[member]["S3Object"]
    moment = int(backends.now().timestamp() * 1000)
    message = {
        "JobId": job.id,
        "Status": ended["status"],
        "API": job.call.operation,
        **({"JobTag": asked["JobTag"]} if "JobTag" in asked else {}),
        "Timestamp": moment,
        member: {"S3ObjectName": place["Name"], "S3Bucket": place["Bucket"]},
    }
    topic = asked["NotificationChannel"]["SNSTopicArn"]
    scope = outbox(job.call.account, job.call.service)
    return (queued(scope, f"{moment:016x}-{job.id}", topic, message),)
