"""Models of Custom Labels at work: start, stop, and ask them for the labels of an image.

Source: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/running-model.html
Source: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/detecting-custom-labels.html
"""

from typing import Any

from outcrop.operations import Call, operation, service_jobs
from outcrop.operations.service_jobs import JobFamily
from outcrop.services.rekognition import shapes
from outcrop.services.rekognition.custom_labels.resources import find_version, not_found
from outcrop.services.rekognition.custom_labels.serving import COPYING, STARTING, STOPPING, scores
from outcrop.services.rekognition.custom_labels.training import TRAINING, has_good_size
from outcrop.services.rekognition.images import (
    MOST_CUSTOM_BYTES,
    as_service_errors,
    image_bytes,
    percent,
)
from outcrop.services.rekognition.project_versions import told_status
from outcrop.storage.records.interface import (
    Record,
    RecordNotFoundError,
    Replace,
    StaleRecordError,
)

MAY_START = frozenset(
    (
        TRAINING.states.done,
        STOPPING.states.done,
        STARTING.states.failed,
        COPYING.states.done,
    )
)


@operation("StartProjectVersion")
async def start_project_version(
    call: Call, request: shapes.StartProjectVersionRequest
) -> shapes.StartProjectVersionResponse:
    """Begin to start a trained model."""
    version = await find_version(call, request["ProjectVersionArn"])
    least, most = request["MinInferenceUnits"], request.get("MaxInferenceUnits")
    if most is not None and most < least:
        raise shapes.InvalidParameterException(
            "MaxInferenceUnits must not be less than MinInferenceUnits."
        )
    if version.document["status"] not in MAY_START:
        raise shapes.ResourceInUseException(
            f"The model is {told_status(version)}: it cannot be started."
        )
    await _begin(call, version, STARTING, least_units=least, most_units=most)
    return {"Status": STARTING.states.working}


@operation("StopProjectVersion")
async def stop_project_version(
    call: Call, request: shapes.StopProjectVersionRequest
) -> shapes.StopProjectVersionResponse:
    """Begin to stop a model that runs."""
    version = await find_version(call, request["ProjectVersionArn"])
    if version.document["status"] != STARTING.states.done:
        raise shapes.ResourceInUseException(
            f"The model is {told_status(version)}: it cannot be stopped."
        )
    await _begin(call, version, STOPPING)
    return {"Status": STOPPING.states.working}


@operation("DetectCustomLabels")
async def detect_custom_labels(
    call: Call, request: shapes.DetectCustomLabelsRequest
) -> shapes.DetectCustomLabelsResponse:
    """Answer with the labels that a model finds in an image, the surest first."""
    version = await find_version(call, request["ProjectVersionArn"])
    if version.document["status"] != STARTING.states.done:
        raise shapes.ResourceNotReadyException(
            f"The model is {told_status(version)}: start it first."
        )
    if len(request["Image"].get("Bytes", b"")) > MOST_CUSTOM_BYTES:
        raise shapes.ImageTooLargeException(
            f"Image size is too large: it may have {MOST_CUSTOM_BYTES} bytes."
        )
    image = await image_bytes(call, request["Image"])
    with as_service_errors():
        seen = await call.backends.engines.image_labels.vectors(image, with_crops=False)
        if not has_good_size(seen.width, seen.height):
            raise shapes.InvalidParameterException(
                f"The image has {seen.width} x {seen.height} pixels: sides must have 64 to 4096,"
                " one at most 20 times the other."
            )
        found = await scores(call, version, seen)
    ranked = sorted(found.items(), key=lambda label: (-label[1], label[0]))
    labels: list[shapes.CustomLabel] = [
        {"Name": name, "Confidence": percent(score)}
        for name, score in ranked
        if percent(score) >= _least(version, name, request)
    ]
    return {"CustomLabels": labels[: request.get("MaxResults")]}


def _least(version: Record, name: str, request: shapes.DetectCustomLabelsRequest) -> float:
    """Return from which confidence on a label is told."""
    assumed: float = version.document["thresholds"][name]
    return request.get("MinConfidence", percent(assumed))


async def _begin(call: Call, version: Record, family: JobFamily, **members: Any) -> None:
    document = {**version.document, **members, "status": family.states.waiting}
    try:
        written = await call.backends.records.write(Replace(record=version, document=document))
    except StaleRecordError as error:
        raise shapes.ResourceInUseException("The model is being changed.") from error
    except RecordNotFoundError as error:
        raise not_found(version.name) from error
    service_jobs.start(call.backends, family, next(filter(None, written)))
