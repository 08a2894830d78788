"""Creating, stopping and deleting jobs, whatever their kind."""

from collections.abc import Mapping

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.resources import add, arn_of, remove, update
from outcrop.services.sagemaker.running import supervision
from outcrop.services.sagemaker.running.kind import JobKind
from outcrop.services.sagemaker.running.states import ENDED, moved
from outcrop.services.sagemaker.tracking.job_components import leaving, tracking
from outcrop.storage.records.interface import Document, Record, Write


async def create(
    call: Call,
    kind: JobKind,
    document: Document,
    *more: Write,
    indexes: Mapping[str, str] | None = None,
) -> str:
    """Keep a new job, let it run and return its ARN.

    Args:
        call: Whose it is.
        kind: What it is.
        document: What it is made of.
        more: Writes that happen with it or not at all.
        indexes: Its secondary keys.

    Raises:
        ServiceError: There is a job of this name, or no experiment or trial that it is to join.
    """
    component = await tracking(call, kind.resource, document)
    writes = (*component, *more)
    job = await add(call, kind.resource, document["name"], document, *writes, indexes=indexes)
    supervision.start(call.backends, kind, job)
    return arn_of(call, kind.resource, job.name)


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
    await remove(call, job, *await leaving(call, kind.resource, job))


def noun_of(kind: JobKind) -> str:
    """Return what messages call such a job: `training job`."""
    return kind.resource.name.replace("-", " ")
