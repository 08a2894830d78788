"""The job that makes a flywheel: its data lake, with the data that its model was trained of.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/flywheels-about.html
"""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any

from outcrop.operations.service_jobs import JobFamily, JobStates, ServiceJob
from outcrop.services.comprehend.flywheel.ingestion import (
    COMPLETED,
    DOCUMENTS,
    IS_LEARNED,
    dataset_document,
)
from outcrop.services.comprehend.flywheel.lake import check_lake, dataset_in, write_documents
from outcrop.services.comprehend.flywheel.model_types import task_of
from outcrop.services.comprehend.flywheel.resources import ACTIVE, CREATING, DATASET_PART, DATASETS
from outcrop.services.comprehend.flywheel.tasks import TRAIN, datasets_of
from outcrop.services.comprehend.flywheel.versions import ACTIVE_MODEL, FLYWHEEL
from outcrop.services.comprehend.jobs.leftovers import remove_leftovers
from outcrop.storage.records.interface import Document, Put

STATES = JobStates(waiting=CREATING, working=CREATING, done=ACTIVE, failed="FAILED")


async def work(job: ServiceJob) -> Mapping[str, Any]:
    """Copy what the model was trained of into datasets, if there is a model."""
    call, flywheel = job.call, job.document
    await check_lake(call, flywheel["lake"])
    if not flywheel[ACTIVE_MODEL]:
        return {}
    task = task_of(flywheel)
    model = await task.models.find_trained(call, flywheel[ACTIVE_MODEL])
    numbers = Counter[str]()
    datasets: list[Put] = []
    for purpose, config in datasets_of(task, model.document):
        numbers[purpose] += 1
        name = f"initial-{purpose.lower()}-{numbers[purpose]}"
        folder = dataset_in(flywheel["lake"], name, flywheel["created"])
        count = await write_documents(call, folder, task.entries(call, config))
        datasets.append(
            Put(
                scope=DATASETS.scope(call),
                name=f"{job.id}{DATASET_PART}{name}",
                document=_dataset(job, purpose, folder, count),
            )
        )
    if datasets:
        await call.backends.records.write(*datasets)
    return {}


def _dataset(job: ServiceJob, purpose: str, folder: str, count: int) -> Document:
    """Return the document of a dataset that is complete."""
    told = {
        "DatasetType": purpose,
        "Description": f"{purpose} Dataset created by Flywheel creation.",
    }
    return {
        **dataset_document(told, folder, role=job.document["role"], tags={}),
        DOCUMENTS: count,
        IS_LEARNED: purpose == TRAIN,
        "token": "",
        "status": COMPLETED,
        "created": job.document["created"],
        "updated": job.document["created"],
        "ended": job.call.backends.now(),
    }


JOBS = JobFamily(
    service="comprehend",
    kind=FLYWHEEL,
    operation="CreateFlywheel",
    states=STATES,
    work=work,
    on_end=partial(remove_leftovers, kept=(STATES.done,)),
)
