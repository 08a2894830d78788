"""The job that takes a dataset into the data lake of its flywheel.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/datasets-config.html
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from outcrop.operations.service_jobs import JobFamily, JobStates, ServiceJob
from outcrop.services.comprehend.flywheel.lake import write_documents
from outcrop.services.comprehend.flywheel.model_types import task_of
from outcrop.services.comprehend.flywheel.resources import (
    CREATING,
    DATASET_PART,
    DATASETS,
    FLYWHEELS,
)
from outcrop.services.comprehend.jobs.leftovers import remove_leftovers
from outcrop.storage.records.interface import Document

COMPLETED = "COMPLETED"
STATES = JobStates(waiting=CREATING, working=CREATING, done=COMPLETED, failed="FAILED")
FOLDER = "output"
"""The member of a dataset's document that has the URI of its folder in the data lake."""
CONFIG = "config"
"""The member that has its `InputDataConfig`."""
DOCUMENTS = "documents"
"""The member that has how many they are."""
IS_LEARNED = "is_learned"
"""The member that is true if the model which the flywheel was made for was trained of them."""


def dataset_document(
    told: Mapping[str, Any], folder: str, *, role: str, tags: Mapping[str, str]
) -> Document:
    """Return the document of a dataset, but for what jobs add.

    Args:
        told: Members of requests that are told again as they came.
        folder: Its URI in the data lake.
        role: That the service takes on.
        tags: By their keys.
    """
    return {"told": dict(told), FOLDER: folder, "role": role, "tags": dict(tags)}


async def work(job: ServiceJob) -> Mapping[str, Any]:
    """Copy the documents, as far as they have labels or entities of the flywheel's task."""
    call = job.call
    name = job.id.partition(DATASET_PART)[0]
    flywheel = await call.backends.records.get(FLYWHEELS.scope(call), name)
    entries = task_of(flywheel.document).entries(call, job.document[CONFIG])
    return {DOCUMENTS: await write_documents(call, job.document[FOLDER], entries)}


JOBS = JobFamily(
    service="comprehend",
    kind=DATASETS.kind,
    operation="CreateDataset",
    states=STATES,
    work=work,
    on_end=partial(remove_leftovers, kept=(STATES.done,)),
)
