"""Speech synthesis tasks: long texts, spoken into S3 in the background.

Source: https://docs.aws.amazon.com/polly/latest/dg/asynchronous.html
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from outcrop.aws.errors import ServiceError
from outcrop.operations import Backends, Call, operation, service_jobs
from outcrop.operations.event_delivery import deliver_soon, outbox, queued
from outcrop.operations.paging import PageRequest, page_of, place_in_time
from outcrop.operations.records import every
from outcrop.operations.service_jobs import JobFamily, JobStates, ServiceJob
from outcrop.services.polly import shapes
from outcrop.services.polly.formats import FORMATS
from outcrop.services.polly.resources import SERVICE
from outcrop.services.polly.spoken import TASK_CHARACTERS, speech_of
from outcrop.services.polly.synthesis import said
from outcrop.storage.records.interface import Document, Record, Write

TOLD = (
    *("Engine", "SnsTopicArn", "LexiconNames", "OutputFormat", "SampleRate", "SpeechMarkTypes"),
    *("TextType", "VoiceId", "LanguageCode"),
)
"""Members of a request that the answers repeat."""
PAGE = 100
CREATED = "created"


async def _work(job: ServiceJob) -> Mapping[str, Any]:
    """Speak a task's text into its object, which is there whole or not at all."""
    asked = job.document["asked"]
    speech = await speech_of(job.call, asked, limit=TASK_CHARACTERS)
    await job.call.objects.write(
        asked["OutputS3BucketName"],
        job.document["key"],
        said(job.call, speech),
        content_type=FORMATS[asked["OutputFormat"]].content_type,
    )
    return {}


def _news(job: ServiceJob, ended: Document) -> Sequence[Write]:
    """Return the news of a task's end for the topic that its request named."""
    topic, backends = ended["asked"].get("SnsTopicArn"), job.call.backends
    if topic is None or not backends.webhook_url:
        return ()
    told: Any = _told(replace(job.record, document=ended))
    message = {
        "taskId": told["TaskId"],
        "taskStatus": told["TaskStatus"].upper(),
        "taskStatusReason": told.get("TaskStatusReason", ""),
        "outputUri": told["OutputUri"],
        "creationTime": ended[CREATED].isoformat(),
        "requestCharacters": told["RequestCharacters"],
        "snsTopicArn": topic,
        "outputFormat": told["OutputFormat"],
        "textType": told["TextType"],
        "voiceId": told["VoiceId"],
    }
    name = f"{int(backends.now().timestamp() * 1000):016x}-{job.id}"
    return (queued(outbox(job.call.account, SERVICE), name, topic, message),)


def _by_status(document: Document) -> Mapping[str, str]:
    return {"status": document["status"]}


FAMILY = JobFamily(
    service=SERVICE,
    kind="synthesis-task",
    operation="StartSpeechSynthesisTask",
    states=JobStates(waiting="scheduled", working="inProgress", done="completed", failed="failed"),
    work=_work,
    news=_news,
    index=_by_status,
)


@operation("StartSpeechSynthesisTask")
async def start_speech_synthesis_task(
    call: Call, request: shapes.StartSpeechSynthesisTaskInput
) -> shapes.StartSpeechSynthesisTaskOutput:
    """Check a request as SynthesizeSpeech does, and begin to speak it."""
    speech = await speech_of(call, request, limit=TASK_CHARACTERS)
    bucket = request["OutputS3BucketName"]
    try:
        await call.ask("s3", "HeadBucket", Bucket=bucket)
    except ServiceError as error:
        raise shapes.InvalidS3BucketException(
            f"The provided Amazon S3 bucket name is invalid: there is no {bucket}"
            " that you may write to."
        ) from error
    task_id = str(uuid.uuid4())
    prefix = request.get("OutputS3KeyPrefix", "")
    extension = FORMATS[request["OutputFormat"]].extension
    key = f"{prefix}.{task_id}.{extension}" if prefix else f"{task_id}.{extension}"
    job = await service_jobs.submit(
        call,
        FAMILY,
        task_id,
        {
            "asked": dict(request),
            "key": key,
            "uri": f"{call.endpoint_url}/{bucket}/{quote(key, safe='/~')}",
            "characters": speech.manuscript.characters,
        },
    )
    return {"SynthesisTask": _told(job)}


@operation("GetSpeechSynthesisTask")
async def get_speech_synthesis_task(
    call: Call, request: shapes.GetSpeechSynthesisTaskInput
) -> shapes.GetSpeechSynthesisTaskOutput:
    """Answer with a task's state."""
    job = await call.backends.records.find(FAMILY.scope(call), request["TaskId"])
    if job is None:
        raise shapes.SynthesisTaskNotFoundException(
            "The Speech Synthesis task with requested Task ID cannot be found."
        )
    return {"SynthesisTask": _told(job)}


@operation("ListSpeechSynthesisTasks")
async def list_speech_synthesis_tasks(
    call: Call, request: shapes.ListSpeechSynthesisTasksInput
) -> shapes.ListSpeechSynthesisTasksOutput:
    """Answer with the tasks, the newest first."""
    index = ("status", request["Status"]) if "Status" in request else None
    found = every(call.backends.records, FAMILY.scope(call), index=index)
    page = page_of(
        sorted([job async for job in found], key=_by_creation, reverse=True),
        key=_by_creation,
        page=PageRequest(
            limit=request.get("MaxResults", PAGE),
            token=request.get("NextToken"),
            error=shapes.InvalidNextTokenException("The NextToken is invalid."),
        ),
        descending=True,
    )
    answer: shapes.ListSpeechSynthesisTasksOutput = {
        "SynthesisTasks": [_told(job) for job in page.items]
    }
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


def _by_creation(job: Record) -> str:
    return place_in_time(job.document[CREATED], job.name)


async def resume(backends: Backends) -> None:
    """Go on with tasks that had not ended, and with the news of those that had."""
    deliver_soon(backends)
    await service_jobs.resume(backends, FAMILY)


def _told(job: Record) -> shapes.SynthesisTask:
    document = job.document
    told: Any = {name: document["asked"][name] for name in TOLD if name in document["asked"]}
    told |= {
        "TaskId": job.name,
        "TaskStatus": document["status"],
        "OutputUri": document["uri"],
        "CreationTime": document[CREATED],
        "RequestCharacters": document["characters"],
        "TextType": document["asked"].get("TextType", "text"),
    }
    if "message" in document:
        told["TaskStatusReason"] = document["message"]
    return told
