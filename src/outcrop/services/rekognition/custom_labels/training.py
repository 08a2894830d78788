"""The training of a model: a job whose record is the version's own.

Source: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/training-model.html
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.aws.s3_uris import bucket_and_key
from outcrop.engines.linear_classifiers.interface import Vectors
from outcrop.engines.workers.engine import RefusedInputError
from outcrop.operations import Call
from outcrop.operations.objects import ObjectTooLargeError
from outcrop.operations.service_jobs import JobFailedError, JobFamily, JobStates, ServiceJob
from outcrop.services.rekognition.custom_labels import training_files as files
from outcrop.services.rekognition.custom_labels.evaluation import Evaluation, Tested, evaluate
from outcrop.services.rekognition.custom_labels.manifest_lines import Line
from outcrop.services.rekognition.custom_labels.resources import SERVICE, VERSION, version_arn
from outcrop.services.rekognition.custom_labels.training_data import given
from outcrop.services.rekognition.custom_labels.validation import LOCALIZATION, Manifests, Part

MOST_IMAGE_BYTES = 15 << 20
SHORTEST_SIDE, LONGEST_SIDE, MOST_ASPECT = 64, 4096, 20
"""Of an image, in pixels.

Source: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/limits.html
"""
MOST_IMAGES = 20_000
"""Those for tests included; a bound of our own: their vectors are held in memory."""
MOST_WITH_CROPS = 2000
"""Images whose parts are learnt from, too; with more, parts help little and take long."""
AT_ONCE = 4
"""Images that are read together."""
NO_LOCALIZATION = (
    "Models that find objects and their boxes cannot be trained here: give the images image-level"
    " labels (groundtruth/image-classification)."
)


async def _train(job: ServiceJob) -> Mapping[str, Any]:
    """Learn from the images, test, write the files, and return what the version's record gets."""
    data = await given(job)
    manifests = Manifests(Part(data.train), Part(data.test))
    if manifests.train.use_case == LOCALIZATION:
        await _write_checked(job, manifests)
        raise JobFailedError(NO_LOCALIZATION)
    images = len(manifests.train.usable) + len(manifests.test.usable)
    if images > MOST_IMAGES:
        raise JobFailedError(f"More than {MOST_IMAGES} images are too many for a training here.")
    seen = _Seen(job, total=images)
    crops = len(manifests.train.usable) <= MOST_WITH_CROPS
    train_vectors = await seen.look(manifests.train, with_crops=crops)
    test_vectors = await seen.look(manifests.test, with_crops=False)
    manifests.check()
    locations = await _write_checked(job, manifests)
    if manifests.all_errors:
        raise JobFailedError(manifests.all_errors[0]["message"])
    classifier = await _learn(job.call, manifests.train, train_vectors, seen.dimensions)
    tested = await _test(job.call, classifier, manifests.test, test_vectors, seen.dimensions)
    evaluation = evaluate(list(tested.values()), manifests.train.labels)
    ended = job.call.backends.now()
    locations |= await _write_results(job, manifests, tested, evaluation)
    blob = await job.call.backends.blobs.write(classifier)
    return {
        "classifier": blob.id,
        "thresholds": evaluation.thresholds,
        "f1": evaluation.f1,
        "files": locations,
        "trained": ended,
        "seconds": int((ended - job.document["started"]).total_seconds()),
    }


TRAINING = JobFamily(
    service=SERVICE,
    kind=VERSION,
    operation="CreateProjectVersion",
    states=JobStates(
        waiting="TRAINING_WAITING",
        working="TRAINING_IN_PROGRESS",
        done="TRAINING_COMPLETED",
        failed="TRAINING_FAILED",
    ),
    work=_train,
)


class _Seen:
    """Looks at images, and tells the job's record how far it is."""

    def __init__(self, job: ServiceJob, *, total: int) -> None:
        self._job = job
        self._total = total
        self._count = 0
        self.dimensions = 0

    async def look(self, part: Part, *, with_crops: bool) -> dict[int, bytes]:
        """Return the vectors of usable lines by their places; others get an error."""
        found: dict[int, bytes] = {}
        usable = part.usable
        for places in (usable[at : at + AT_ONCE] for at in range(0, len(usable), AT_ONCE)):
            rows = await asyncio.gather(
                *(self._vectors(part.lines[at], with_crops=with_crops) for at in places)
            )
            for at, row in zip(places, rows, strict=True):
                if row is None:
                    part.lines[at] = part.lines[at].with_error("ERROR_INVALID_IMAGE")
                else:
                    found[at] = row
            self._count += len(places)
            await self._job.note(progress=[self._count, self._total])
        return found

    async def _vectors(self, line: Line, *, with_crops: bool) -> bytes | None:
        """Return the vectors of a line's image; `None`: it is none that can be used."""
        bucket, key = bucket_and_key(line.source)
        try:
            image = await self._job.call.objects.read_at_most(bucket, key, MOST_IMAGE_BYTES)
            seen = await self._job.call.backends.engines.image_labels.vectors(
                image, with_crops=with_crops
            )
        except (ServiceError, ObjectTooLargeError, RefusedInputError):
            return None
        self.dimensions = seen.dimensions
        return seen.rows if has_good_size(seen.width, seen.height) else None


def has_good_size(width: int, height: int) -> bool:
    """Tell whether an image has a size that Custom Labels takes."""
    short, long = sorted((width, height))
    return short >= SHORTEST_SIDE and long <= LONGEST_SIDE and long <= MOST_ASPECT * short


async def _learn(call: Call, part: Part, vectors: Mapping[int, bytes], dimensions: int) -> bytes:
    """Return a classifier of all usable lines."""
    labels: list[Sequence[str]] = []
    for at in part.usable:
        views = len(Vectors(dimensions, vectors[at]))
        labels += [part.lines[at].labels] * views
    rows = b"".join(vectors[at] for at in part.usable)
    is_exclusive = all(len(each) == 1 for each in labels)
    return await call.backends.engines.linear_classifiers.train(
        Vectors(dimensions, rows), labels, exclusive=is_exclusive
    )


async def _test(
    call: Call, classifier: bytes, part: Part, vectors: Mapping[int, bytes], dimensions: int
) -> dict[int, Tested]:
    """Return what the classifier says of all usable lines, by their places."""
    rows = b"".join(vectors[at] for at in part.usable)
    scores = await call.backends.engines.linear_classifiers.classify(
        classifier, Vectors(dimensions, rows)
    )
    return {
        at: Tested(labels=frozenset(part.lines[at].labels), scores=each)
        for at, each in zip(part.usable, scores, strict=True)
    }


async def _write_checked(job: ServiceJob, manifests: Manifests) -> dict[str, str]:
    """Write what is right and wrong with the manifests, and note where that is."""
    written = await _write(
        job,
        {
            files.MANIFEST_SUMMARY: files.as_json(manifests.summary),
            files.TRAIN_CHECKED: files.as_manifest(line.told for line in manifests.train.lines),
            files.TEST_CHECKED: files.as_manifest(line.told for line in manifests.test.lines),
        },
    )
    await job.note(files=written)
    return written


async def _write_results(
    job: ServiceJob, manifests: Manifests, tested: Mapping[int, Tested], evaluation: Evaluation
) -> dict[str, str]:
    """Write the results of the tests, and what was learnt from and tested."""
    train, test, now = manifests.train, manifests.test, job.call.backends.now()
    summary = files.summary(
        evaluation,
        arn=version_arn(job.call, job.record),
        ended=now,
        trained=len(train.usable),
        tested=len(test.usable),
    )
    learnt = (
        files.learnt(train.lines[at].source, train.lines[at].labels, now=now) for at in train.usable
    )
    lines = (
        files.tested_line(test.lines[at].source, test.lines[at].labels, each, evaluation, now=now)
        for at, each in tested.items()
    )
    return await _write(
        job,
        {
            files.SUMMARY: files.as_json(summary),
            files.TRAIN_TRUTH: files.as_manifest(learnt),
            files.TEST_TRUTH: files.as_manifest(lines),
        },
    )


async def _write(job: ServiceJob, texts: Mapping[str, str]) -> dict[str, str]:
    """Write files into the output bucket and return their keys by kind."""
    output, project = job.document["output"], job.document["project"]
    own = job.record.name.partition("/")[2]
    keys = {kind: files.key_of(output, kind, project, own) for kind in texts}
    for kind, text in texts.items():
        await files.write_file(job.call, output, keys[kind], text)
    return keys
