"""The job that trains a new version of a flywheel's model, and measures it beside the active one.

What it makes, the version and the iteration's end, is written in one batch.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/flywheels-iterate.html
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from outcrop.operations import Call
from outcrop.operations.service_jobs import JobFailedError, JobFamily, JobStates, ServiceJob
from outcrop.services.comprehend.flywheel.ingestion import COMPLETED, FOLDER, IS_LEARNED
from outcrop.services.comprehend.flywheel.lake import DOCUMENTS, write_report
from outcrop.services.comprehend.flywheel.model_types import task_of
from outcrop.services.comprehend.flywheel.resources import (
    DATASETS,
    FLYWHEELS,
    ITERATIONS,
    TRAINING,
)
from outcrop.services.comprehend.flywheel.tasks import TEST, TRAIN, NewVersion, Plan, Task
from outcrop.services.comprehend.flywheel.versions import TRAINED, active_model
from outcrop.services.comprehend.jobs.leftovers import remove_leftovers
from outcrop.services.comprehend.models.custom_models import (
    MODEL,
    split_name,
    trained_document,
    versioned,
)
from outcrop.storage.records.interface import Create, Document, Record, Scope, Write

STATES = JobStates(waiting=TRAINING, working=TRAINING, done=COMPLETED, failed="FAILED")
EVALUATING = "EVALUATING"
PHASE = "phase"
"""The member of the document of an iteration at work that has what it does: told as its status."""
LEARNED = "learned"
"""The member that names the datasets which it trained its version of."""
_MADE = "made"
"""The member that has the name and the document of that version."""
FULL = "FULL_ITERATION: Flywheel iteration performed all functions successfully."
ONLY_EVALUATED = (
    "The active version was evaluated. None was trained: there are no training datasets since."
)
OF_SECURITY = ("ModelKmsKeyId", "VolumeKmsKeyId", "VpcConfig")
EVALUATED_REPORT, TRAINED_REPORT = "evaluated-model.json", "trained-model.json"


async def work(job: ServiceJob) -> Mapping[str, Any]:
    """Train a version if there is something new to learn; measure it and the active one."""
    call = job.call
    await job.note(**{PHASE: TRAINING})
    flywheel = await call.backends.records.get(FLYWHEELS.scope(call), _flywheel(job.id))
    task = task_of(flywheel.document)
    active = await active_model(call.backends.records, flywheel)
    datasets = await complete_datasets(call, flywheel.name)
    of = {
        purpose: [each for each in datasets if each.document["told"]["DatasetType"] == purpose]
        for purpose in (TRAIN, TEST)
    }
    plan = Plan(
        train=_uris(of[TRAIN]),
        test=_uris(of[TEST]),
        evaluated=await task.models.find_trained(call, active) if active else None,
        has_training=not active or await _has_news(call, flywheel.name, of[TRAIN]),
        on_trained=partial(job.note, **{PHASE: EVALUATING}),
    )
    if not plan.has_training:
        await plan.on_trained()
    outcome = await task.run(call, plan)
    members: dict[str, Any] = {"message": FULL if outcome.trained else ONLY_EVALUATED}
    folder = job.document["output"]
    if outcome.evaluated is not None:
        report = {"ModelArn": active, **outcome.evaluated.report}
        await write_report(call, folder, EVALUATED_REPORT, report)
        members |= {"evaluated": active, "evaluated_metrics": outcome.evaluated.metrics}
    if outcome.trained is not None:
        name = _version(job, flywheel, active)
        arn = task.models.arn(call, name)
        await _check_free(call, task, name)
        await write_report(
            call, folder, TRAINED_REPORT, {"ModelArn": arn, **outcome.trained.trial.report}
        )
        members |= {
            TRAINED: arn,
            "trained_metrics": outcome.trained.trial.metrics,
            LEARNED: [each.name for each in of[TRAIN]],
            _MADE: {
                "kind": task.models.kind,
                "name": name,
                "document": await _model(job, flywheel, plan, outcome.trained, name),
            },
        }
    return members


async def complete_datasets(call: Call, flywheel: str) -> list[Record]:
    """Return the datasets of a flywheel that are in its data lake, by name."""
    return [
        each
        async for each in DATASETS.of_flywheel(call, flywheel)
        if each.document["status"] == COMPLETED
    ]


def _flywheel(iteration: str) -> str:
    """Return the name of an iteration's flywheel."""
    return iteration.partition("/")[0]


def _uris(datasets: Sequence[Record]) -> list[str]:
    return [f"{each.document[FOLDER].rpartition('/')[0]}/{DOCUMENTS}" for each in datasets]


async def _has_news(call: Call, flywheel: str, datasets: Sequence[Record]) -> bool:
    """Tell whether no version has learned one of some datasets."""
    learned = {each.name for each in datasets if each.document.get(IS_LEARNED)}
    async for iteration in ITERATIONS.of_flywheel(call, flywheel):
        learned.update(iteration.document.get(LEARNED, []))
    return any(each.name not in learned for each in datasets)


def _version(job: ServiceJob, flywheel: Record, active: str) -> str:
    """Return the name of the record of an iteration's version: the same one every time."""
    unique = f"{flywheel.scope}/{job.id}/{job.document['created'].isoformat()}"
    digest = hashlib.sha256(unique.encode()).hexdigest()[:8]
    name = split_name(active.partition("/")[2])[0] if active else flywheel.name
    return versioned(name, f"Comprehend-Generated-v1-{digest}")


async def _check_free(call: Call, task: Task, name: str) -> None:
    if await call.backends.records.find(task.models.scope(call), name) is not None:
        raise JobFailedError(f"There is a model of the name {name} already.")


async def _model(
    job: ServiceJob, flywheel: Record, plan: Plan, version: NewVersion, name: str
) -> Document:
    """Keep what a training made, and return the document of its version."""
    call, task = job.call, task_of(flywheel.document)
    now = call.backends.now()
    blob = await call.backends.blobs.write(version.model)
    security = flywheel.document["security"]
    manifests = [
        {"S3Uri": uri, "Split": split}
        for split, uris in ((TRAIN, plan.train), (TEST, plan.test))
        for uri in uris
    ]
    return trained_document(
        {
            MODEL: blob.id,
            **version.members,
            "request": {
                "DataAccessRoleArn": flywheel.document["role"],
                "VersionName": split_name(name)[1],
                **task.request(manifests),
                **{each: security[each] for each in OF_SECURITY if each in security},
            },
            "role": flywheel.document["role"],
            "flywheel": FLYWHEELS.arn(call, flywheel.name),
            "started": job.document["created"],
            "training_ended": now,
        },
        tags={},
        now=now,
    )


def _news(job: ServiceJob, ended: Document) -> Sequence[Write]:
    """Return the write of the version that an iteration has trained."""
    made = ended.get(_MADE)
    if made is None:
        return ()
    scope = Scope(job.call.account, job.call.region, "comprehend", made["kind"])
    return (Create(scope=scope, name=made["name"], document=made["document"]),)


JOBS = JobFamily(
    service="comprehend",
    kind=ITERATIONS.kind,
    operation="StartFlywheelIteration",
    states=STATES,
    work=work,
    news=_news,
    on_end=partial(remove_leftovers, kept=(STATES.done,)),
)
