"""What is found in films: labels, faces, text, and what many do not want to see.

Source: https://docs.aws.amazon.com/rekognition/latest/dg/video.html
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from outcrop.operations import Call, operation
from outcrop.services.rekognition import labels, moderation, shapes, text
from outcrop.services.rekognition.face_details import as_detail
from outcrop.services.rekognition.videos import api, request_metadata, start, told

DEFAULT_MIN_CONFIDENCE_PERCENT = 50.0
"""Of labels in films, and of what is moderated."""


async def _labels(call: Call, asked: Mapping[str, Any], frame: bytes) -> Sequence[Any]:
    return await labels.found_labels(
        call,
        frame,
        least_percent=asked.get("MinConfidence", DEFAULT_MIN_CONFIDENCE_PERCENT),
        settings=asked.get("Settings", {}).get("GeneralLabels", {}),
    )


async def _faces(call: Call, asked: Mapping[str, Any], frame: bytes) -> Sequence[Any]:
    found = await call.backends.engines.faces.find(frame)
    return [as_detail(face, [asked.get("FaceAttributes", "DEFAULT")]) for face in found]


async def _text(call: Call, asked: Mapping[str, Any], frame: bytes) -> Sequence[Any]:
    return await text.found_text(call, frame, asked.get("Filters", {}))


async def _moderation(call: Call, asked: Mapping[str, Any], frame: bytes) -> Sequence[Any]:
    least = asked.get("MinConfidence", DEFAULT_MIN_CONFIDENCE_PERCENT)
    return await moderation.found_labels(call, frame, least_percent=least)


LABELS = api("StartLabelDetection", "label-detection-job", _labels, results="Labels", item="Label")
FACES = api("StartFaceDetection", "face-detection-job", _faces, results="Faces", item="Face")
TEXT = api(
    "StartTextDetection",
    "text-detection-job",
    _text,
    results="TextDetections",
    item="TextDetection",
)
MODERATION = api(
    "StartContentModeration",
    "content-moderation-job",
    _moderation,
    results="ModerationLabels",
    item="ModerationLabel",
)
FAMILIES = tuple(each.family for each in (LABELS, FACES, TEXT, MODERATION))


@operation("StartLabelDetection")
async def start_label_detection(
    call: Call, request: shapes.StartLabelDetectionRequest
) -> shapes.StartLabelDetectionResponse:
    """Begin to look for labels in a film."""
    return {"JobId": await start(call, LABELS, request)}


@operation("GetLabelDetection")
async def get_label_detection(
    call: Call, request: shapes.GetLabelDetectionRequest
) -> shapes.GetLabelDetectionResponse:
    """Answer with the labels of a film, by time or by name, alone or as segments."""
    answer = cast("shapes.GetLabelDetectionResponse", await told(call, LABELS, request))
    answer["LabelModelVersion"] = labels.model_version(call)
    answer["GetRequestMetadata"] = request_metadata(request)
    return answer


@operation("StartFaceDetection")
async def start_face_detection(
    call: Call, request: shapes.StartFaceDetectionRequest
) -> shapes.StartFaceDetectionResponse:
    """Begin to look for faces in a film."""
    return {"JobId": await start(call, FACES, request)}


@operation("GetFaceDetection")
async def get_face_detection(
    call: Call, request: shapes.GetFaceDetectionRequest
) -> shapes.GetFaceDetectionResponse:
    """Answer with the faces of a film."""
    return cast("shapes.GetFaceDetectionResponse", await told(call, FACES, request))


@operation("StartTextDetection")
async def start_text_detection(
    call: Call, request: shapes.StartTextDetectionRequest
) -> shapes.StartTextDetectionResponse:
    """Begin to read what is written in a film."""
    return {"JobId": await start(call, TEXT, request)}


@operation("GetTextDetection")
async def get_text_detection(
    call: Call, request: shapes.GetTextDetectionRequest
) -> shapes.GetTextDetectionResponse:
    """Answer with the lines and words of a film."""
    answer = cast("shapes.GetTextDetectionResponse", await told(call, TEXT, request))
    answer["TextModelVersion"] = text.MODEL_VERSION
    return answer


@operation("StartContentModeration")
async def start_content_moderation(
    call: Call, request: shapes.StartContentModerationRequest
) -> shapes.StartContentModerationResponse:
    """Begin to look for what many do not want to see in a film."""
    return {"JobId": await start(call, MODERATION, request)}


@operation("GetContentModeration")
async def get_content_moderation(
    call: Call, request: shapes.GetContentModerationRequest
) -> shapes.GetContentModerationResponse:
    """Answer with it, by time or by name, alone or as segments."""
    answer = cast("shapes.GetContentModerationResponse", await told(call, MODERATION, request))
    answer["ModerationModelVersion"] = moderation.MODEL_VERSION
    answer["GetRequestMetadata"] = request_metadata(request)
    return answer
