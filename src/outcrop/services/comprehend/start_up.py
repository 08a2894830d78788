"""What Comprehend does when the server starts: it goes on with what had not ended."""

from collections.abc import Set as AbstractSet

from outcrop.operations import Backends
from outcrop.operations.records import every
from outcrop.operations.service_jobs import resume
from outcrop.services.comprehend.flywheel import creation, ingestion, iteration
from outcrop.services.comprehend.kinds import JOBS, MODELS
from outcrop.services.comprehend.models.custom_models import MODEL


async def resume_all(backends: Backends) -> None:
    """Go on with all jobs, trainings and flywheels that had not ended."""
    await resume(backends, *(each.family for each in (*JOBS, *MODELS)))
    await resume(backends, creation.JOBS, ingestion.JOBS, iteration.JOBS)


async def live_blobs(backends: Backends, account: str | None = None) -> AbstractSet[str]:
    """Return the ids of the blobs that hold trained models."""
    ids: set[str] = set()
    for models in MODELS:
        for place in await backends.records.scopes(
            service="comprehend", kind=models.kind, account=account
        ):
            async for model in every(backends.records, place):
                if MODEL in model.document:
                    ids.add(model.document[MODEL])
    return ids
