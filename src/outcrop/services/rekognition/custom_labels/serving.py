"""Trained models at work: what starts, stops and copies them, and what they say of images.

Source: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/running-model.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.engines.image_labels.interface import ImageVectors
from outcrop.engines.linear_classifiers.interface import Vectors
from outcrop.operations import Call
from outcrop.operations.background import call_without_request
from outcrop.operations.service_jobs import JobFailedError, JobFamily, JobStates, ServiceJob
from outcrop.services.rekognition.custom_labels import training_files as files
from outcrop.services.rekognition.custom_labels.resources import SERVICE, VERSION
from outcrop.storage.records.interface import Record, Scope

BLANK = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00"
    b":~\x9bU\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"
)
"""A picture of one pixel: what a model that starts is tried on."""


async def scores(call: Call, version: Record, seen: ImageVectors) -> dict[str, float]:
    """Return what a model says of an image: the probability of each of its labels.

    Raises:
        EngineError: The models behind it cannot answer.
    """
    classifier = b"".join(
        [chunk async for chunk in call.backends.blobs.read(version.document["classifier"])]
    )
    (found,) = await call.backends.engines.linear_classifiers.classify(
        classifier, Vectors(seen.dimensions, seen.rows)
    )
    return found


async def _start(job: ServiceJob) -> Mapping[str, Any]:
    """Load the models behind a version, by a first answer."""
    engines = job.call.backends.engines
    seen = await engines.image_labels.vectors(BLANK, with_crops=False)
    await scores(job.call, job.record, seen)
    return {}


async def _stop(_job: ServiceJob) -> Mapping[str, Any]:
    """Do nothing: nothing is kept for a version that runs; idle processes end by themselves."""
    return {}


async def _copy(job: ServiceJob) -> Mapping[str, Any]:
    """Copy the classifier and the files of another version."""
    source = await _source(job)
    blob = await job.call.backends.blobs.join([source.document["classifier"]])
    return {
        "classifier": blob.id,
        "thresholds": source.document["thresholds"],
        "f1": source.document["f1"],
        "files": await _copy_files(job, source),
    }


async def _source(job: ServiceJob) -> Record:
    """Return the version that is copied.

    Raises:
        JobFailedError: It has gone meanwhile.
    """
    asked = job.document["copy_of"]
    place = Scope(asked["account"], job.call.region, SERVICE, VERSION)
    source = await job.call.backends.records.find(place, asked["name"])
    if source is None or source.document["uid"] != asked["uid"]:
        raise JobFailedError("The model that was to be copied has been deleted.")
    return source


async def _copy_files(job: ServiceJob, source: Record) -> dict[str, str]:
    """Copy what the training of a version wrote, as its owner reads it, and return the keys.

    Raises:
        ServiceError: A file is not there any more.
    """
    owner = call_without_request(
        job.call.backends,
        service=SERVICE,
        operation="CopyProjectVersion",
        account=source.scope.account,
        region=source.scope.region,
    )
    output, project = job.document["output"], job.document["project"]
    own = job.record.name.partition("/")[2]
    keys: dict[str, str] = {}
    for kind, key in source.document["files"].items():
        text = await owner.objects.read(source.document["output"]["S3Bucket"], key)
        keys[kind] = files.key_of(output, kind, project, own)
        await files.write_file(job.call, output, keys[kind], text.decode())
    return keys


def _family(operation: str, working: str, done: str, failed: str, work: Any) -> JobFamily:
    return JobFamily(
        service=SERVICE,
        kind=VERSION,
        operation=operation,
        states=JobStates(waiting=working, working=working, done=done, failed=failed),
        work=work,
    )


STARTING = _family("StartProjectVersion", "STARTING", "RUNNING", "FAILED", _start)
STOPPING = _family("StopProjectVersion", "STOPPING", "STOPPED", "FAILED", _stop)
COPYING = _family(
    "CopyProjectVersion", "COPYING_IN_PROGRESS", "COPYING_COMPLETED", "COPYING_FAILED", _copy
)
