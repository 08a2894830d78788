"""Export tasks: the events of a group, packed into a bucket, stream by stream.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3Export.html
"""

import uuid
import zlib
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Backends, Call, operation, service_jobs
from outcrop.operations.paging import PageRequest, page_of, place_in_time
from outcrop.operations.records import every
from outcrop.operations.service_jobs import JobFamily, JobStates, ServiceJob
from outcrop.services.logs import shapes
from outcrop.services.logs.event_log import EventLog, Position
from outcrop.services.logs.places import (
    MOST_DESCRIBED,
    find_group,
    invalid_token,
    milliseconds,
    scope,
    streams,
)
from outcrop.services.logs.retention import expiry
from outcrop.services.logs.streams import event_log
from outcrop.storage.records.interface import (
    Create,
    Document,
    Record,
    RecordExistsError,
    RecordNotFoundError,
    Replace,
    StaleRecordError,
    Write,
)

DEFAULT_PREFIX = "exportedlogs"
WRITE_TEST = "aws-logs-write-test"
"""The key of what is written first, to see whether it can be."""
GZIP = 16 + zlib.MAX_WBITS
STATES = JobStates(
    waiting="PENDING",
    working="RUNNING",
    done="COMPLETED",
    failed="FAILED",
    stopping="PENDING_CANCEL",
    stopped="CANCELLED",
)
TOLD = ("taskName", "logGroupName", "from", "to", "destination", "destinationPrefix")


async def _work(job: ServiceJob) -> Mapping[str, str]:
    """Write one object for each stream that has events in the time; each is there whole."""
    asked, call = job.document["asked"], job.call
    group = await find_group(call, asked["logGroupName"])
    start = max(asked["from"], expiry(group, milliseconds(call.backends.now())))
    place, wanted = streams(call, group), asked.get("logStreamNamePrefix", "")
    folder = f"{asked['destinationPrefix']}/{job.id}"
    async for stream in every(call.backends.records, place, prefix=wanted):
        events = event_log(call, stream)
        if await _is_empty(events, start, asked["to"]):
            continue
        # A slash would begin another folder.
        name = stream.name.replace("/", "-")
        await call.objects.write(
            asked["destination"],
            f"{folder}/{name}/000000.gz",
            _packed(events, start, asked["to"]),
            content_type="application/x-gzip",
        )
    return {"message": "Completed successfully"}


async def _is_empty(events: EventLog, start: int, stop: int) -> bool:
    async with aclosing(events.forward(Position(start))) as found:
        async for event in found:
            return event.timestamp > stop
    return True


async def _packed(events: EventLog, start: int, stop: int) -> AsyncGenerator[bytes]:
    """Give the events of a time, both ends included, as lines in a gzip file."""
    packer = zlib.compressobj(wbits=GZIP)
    async with aclosing(events.forward(Position(start))) as found:
        async for event in found:
            if event.timestamp > stop:
                break
            moment = datetime.fromtimestamp(event.timestamp / 1000, UTC)
            time = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            if packed := packer.compress(f"{time} {event.message}\n".encode()):
                yield packed
    yield packer.flush()


def _by_status(document: Document) -> Mapping[str, str]:
    return {"status": document["status"]}


FAMILY = JobFamily(
    service="logs",
    kind="export-task",
    operation="CreateExportTask",
    states=STATES,
    work=_work,
    index=_by_status,
)


@operation("CreateExportTask")
async def create_export_task(
    call: Call, request: shapes.CreateExportTaskRequest
) -> shapes.CreateExportTaskResponse:
    """Begin to write the events of a group, or of some streams, into a bucket."""
    if request["from"] > request["to"]:
        raise shapes.InvalidParameterException("from must not be later than to.")
    await find_group(call, request["logGroupName"])
    task_id = str(uuid.uuid4())
    active = await _to_be_active(call, task_id)
    given = request.get("destinationPrefix", "")
    try:
        await call.objects.write(
            request["destination"],
            f"{given}/{WRITE_TEST}" if given else WRITE_TEST,
            b"Permission Check Successful",
        )
    except ServiceError as error:
        raise shapes.InvalidParameterException(
            "The given bucket does not exist. Please make sure the bucket is valid."
            if error.code in {"NoSuchBucket", "InvalidBucketName"}
            else error.message
        ) from error
    asked = {**request, "destinationPrefix": given or DEFAULT_PREFIX}
    try:
        await service_jobs.submit(call, FAMILY, task_id, {"asked": asked}, also=[active])
    except (RecordExistsError, StaleRecordError) as error:  # Another began meanwhile.
        raise _too_many() from error
    return {"taskId": task_id}


@operation("DescribeExportTasks")
async def describe_export_tasks(
    call: Call, request: shapes.DescribeExportTasksRequest
) -> shapes.DescribeExportTasksResponse:
    """Answer with the export tasks, the newest first."""
    index = ("status", request["statusCode"]) if "statusCode" in request else None
    wanted = request.get("taskId")
    found = [
        task
        async for task in every(call.backends.records, FAMILY.scope(call), index=index)
        if wanted in {None, task.name}
    ]
    page = page_of(
        sorted(found, key=_by_creation, reverse=True),
        key=_by_creation,
        page=PageRequest(
            limit=request.get("limit", MOST_DESCRIBED),
            token=request.get("nextToken"),
            error=invalid_token(),
        ),
        descending=True,
    )
    answer: shapes.DescribeExportTasksResponse = {
        "exportTasks": [_told(task) for task in page.items]
    }
    if page.next_token:
        answer["nextToken"] = page.next_token
    return answer


@operation("CancelExportTask")
async def cancel_export_task(call: Call, request: shapes.CancelExportTaskRequest) -> None:
    """Stop a task; what it has written stays."""
    missing = shapes.ResourceNotFoundException("The specified export task does not exist.")
    task = await call.backends.records.find(FAMILY.scope(call), request["taskId"])
    if task is None:
        raise missing
    try:
        task = await service_jobs.stop(call, FAMILY, task)
    except RecordNotFoundError as error:
        raise missing from error
    if STATES.is_ended(task.document["status"]):
        raise shapes.InvalidOperationException("The specified export task has already finished")


async def resume(backends: Backends) -> None:
    """Go on with the tasks that had not ended."""
    await service_jobs.resume(backends, FAMILY)


async def _to_be_active(call: Call, task_id: str) -> Write:
    """Return what makes a task the active one, and is written only if no other becomes it first.

    Raises:
        LimitExceededException: Another one is at work.
    """
    place = scope(call, "active-export-task")
    before = await call.backends.records.find(place, "active")
    if before is None:
        return Create(scope=place, name="active", document={"task": task_id})
    task = await call.backends.records.find(FAMILY.scope(call), before.document["task"])
    if task is not None and not STATES.is_ended(task.document["status"]):
        raise _too_many()
    return Replace(record=before, document={"task": task_id})


def _too_many() -> ServiceError:
    return shapes.LimitExceededException("Resource limit exceeded.")


def _by_creation(task: Record) -> str:
    return place_in_time(task.document["created"], task.name)


def _told(task: Record) -> shapes.ExportTask:
    document = task.document
    info: shapes.ExportTaskExecutionInfo = {"creationTime": milliseconds(document["created"])}
    if "ended" in document:
        info["completionTime"] = milliseconds(document["ended"])
    status: shapes.ExportTaskStatus = {"code": document["status"]}
    if "message" in document:
        status["message"] = document["message"]
    told: Any = {name: document["asked"][name] for name in TOLD if name in document["asked"]}
    told |= {"taskId": task.name, "status": status, "executionInfo": info}
    return told
