"""Who has a custom model in use: endpoints, flywheels, and jobs that have not ended."""

from collections.abc import AsyncIterator

from outcrop.operations import Call
from outcrop.operations.records import every
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.flywheel.versions import FLYWHEEL, active_model
from outcrop.storage.records.interface import Record, Scope

ENDPOINTS = ("document-classifier-endpoint", "entity-recognizer-endpoint")
JOBS = {
    "document-classification-job": "DocumentClassifierArn",
    "entities-detection-job": "EntityRecognizerArn",
}
"""Kinds of jobs, and the member of their requests that names a model."""
AT_WORK = ("SUBMITTED", "IN_PROGRESS", "STOP_REQUESTED")


async def check_unused(call: Call, arn: str) -> None:
    """Refuse to delete a model that is in use.

    Raises:
        ResourceInUseException: An endpoint, a flywheel or a job has it.
    """
    for endpoint in await _endpoints(call, "model", arn):
        raise shapes.ResourceInUseException(
            f"The endpoint {endpoint.name} uses the model {arn}. Delete the endpoint first."
        )
    async for flywheel in _all(call, FLYWHEEL):
        if await active_model(call.backends.records, flywheel) == arn:
            raise shapes.ResourceInUseException(
                f"The model {arn} is the active version of the flywheel {flywheel.name}. Make"
                " another one active, or delete the flywheel first."
            )
    for kind, member in JOBS.items():
        async for job in _all(call, kind):
            document = job.document
            if document["status"] in AT_WORK and document["request"].get(member) == arn:
                raise shapes.ResourceInUseException(
                    f"The job {job.name} uses the model {arn}. Stop it, or wait for its end."
                )


async def endpoints_of_flywheel(call: Call, arn: str) -> list[Record]:
    """Return the endpoints that serve a flywheel's active version."""
    return await _endpoints(call, "flywheel", arn)


async def _endpoints(call: Call, member: str, arn: str) -> list[Record]:
    return [
        endpoint
        for kind in ENDPOINTS
        async for endpoint in _all(call, kind)
        if endpoint.document.get(member) == arn
    ]


def _all(call: Call, kind: str) -> AsyncIterator[Record]:
    return every(call.backends.records, Scope(call.account, call.region, "comprehend", kind))
