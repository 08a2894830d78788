"""Creating, stopping and deleting jobs, whatever their kind."""

from collections.abc import Mapping

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.resources import arn_of, scope, update
from outcrop.services.sagemaker.running import supervision
from outcrop.services.sagemaker.running.kind import JobKind
from outcrop.services.sagemaker.running.states import ENDED, moved
from outcrop.storage.records.interface import Create, Delete, Document, Record, RecordExistsError


async def create(call: Call, kind: JobKind, document: Document) -> str:
    """Keep a new job, let it run and return its ARN.

    Raises:
        ServiceError: There is a job of this name.
    """
    name = document["name"]
    arn = arn_of(call, kind.resource, name)
    creation = Create(
        scope=scope(call, kind.resource),
        name=name,
        document=document,
        indexes={"arn_name": name.lower()},
    )
    try:
        written = await call.backends.records.write(creation)
    except RecordExistsError as error:
        raise shapes.ResourceInUse(
            "Job name must be unique within an AWS account and region, and a job with this name"
            f" already exists ({arn})"
        ) from error
    supervision.start(call.backends, kind, next(filter(None, written)))
    return arn


async def stop(call: Call, kind: JobKind, job: Record) -> None:
    """Stop a job.

    Raises:
        ServiceError: It has ended.
    """

    def stopping(document: Document) -> Document:
        if document["status"] in ENDED:
            raise ValidationError(
                f"The request was rejected because the {noun_of(kind)} is in status "
                f"{document['status']}."
            )
        if document["status"] == "Stopping":
            return document
        now = call.backends.now()
        return moved({**document, "status": "Stopping"}, "Stopping", now, "Stopping the job")

    await supervision.stop(call.backends, kind, await update(call, job, stopping))


async def delete(call: Call, kind: JobKind, job: Record) -> None:
    """Forget a job; what it made stays in S3.

    Raises:
        ServiceError: It has not ended.
    """
    if job.document["status"] not in ENDED:
        raise shapes.ResourceInUse(
            f"The {noun_of(kind)} {job.name} is in status {job.document['status']};"
            " stop it before you delete it."
        )
    await call.backends.records.write(Delete(scope=job.scope, name=job.name, must_exist=False))


def noun_of(kind: JobKind) -> str:
    """Return what messages call such a job: `training job`."""
    return kind.resource.name.replace("-", " ")


def times(job: Document, kind: str) -> Mapping[str, object]:
    """Return when a job was made, changed, started and ended, as its description tells."""
    named = {
        "CreationTime": "created",
        "LastModifiedTime": "modified",
        f"{kind}StartTime": "started",
        f"{kind}EndTime": "ended",
    }
    return {name: job[key] for name, key in named.items() if key in job}
