"""What is found in films frame by frame: labels, faces, celebrities, text, and what is moderated.

Source: https://docs.aws.amazon.com/rekognition/latest/dg/video.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.operations import Call
from outcrop.operations.analysis_jobs import ASKED
from outcrop.operations.service_jobs import ServiceJob
from outcrop.services.rekognition import celebrities, labels, moderation, text
from outcrop.services.rekognition.face_details import as_detail, looks_for
from outcrop.services.rekognition.videos import (
    Api,
    Asked,
    Entry,
    Look,
    by_frames,
    request_metadata,
    video_jobs,
)
from outcrop.storage.records.interface import Document

DEFAULT_MIN_CONFIDENCE_PERCENT = 50.0
"""Of labels in films, and of what is moderated."""


def _labels(job: ServiceJob) -> Look:
    asked = job.document[ASKED]
    least = asked.get("MinConfidence", DEFAULT_MIN_CONFIDENCE_PERCENT)
    settings = asked.get("Settings", {}).get("GeneralLabels", {})

    async def look(frame: bytes) -> Sequence[Entry]:
        found = await labels.found_labels(job.call, frame, least_percent=least, settings=settings)
        return [{"Label": label} for label in found]

    return look


def _faces(job: ServiceJob) -> Look:
    attributes = [job.document[ASKED].get("FaceAttributes", "DEFAULT")]

    async def look(frame: bytes) -> Sequence[Entry]:
        found = await job.call.backends.engines.faces.find(frame, **looks_for(attributes))
        return [{"Face": as_detail(face, attributes)} for face in found]

    return look


def _text(job: ServiceJob) -> Look:
    filters = job.document[ASKED].get("Filters", {})

    async def look(frame: bytes) -> Sequence[Entry]:
        found = await text.found_text(job.call, frame, filters)
        return [{"TextDetection": detection} for detection in found]

    return look


def _moderation(job: ServiceJob) -> Look:
    least = job.document[ASKED].get("MinConfidence", DEFAULT_MIN_CONFIDENCE_PERCENT)

    async def look(frame: bytes) -> Sequence[Entry]:
        found = await moderation.found_labels(job.call, frame, least_percent=least)
        return [{"ModerationLabel": label} for label in found]

    return look


def _celebrities(job: ServiceJob) -> Look:
    async def look(frame: bytes) -> Sequence[Entry]:
        found = await job.call.backends.engines.faces.find(frame, vectors=True)
        return [
            {
                "Celebrity": {
                    "Id": known.id,
                    "Name": known.name,
                    "Urls": known.urls,
                    "Confidence": known.similarity_percent,
                    "Face": as_detail(face),
                }
            }
            for face, known in await celebrities.recognised(job.call, found)
            if known is not None
        ]

    return look


def _about_labels(call: Call, request: Asked, _document: Document) -> Mapping[str, Any]:
    return {
        "LabelModelVersion": labels.model_version(call),
        "GetRequestMetadata": request_metadata(request),
    }


def _about_moderation(_call: Call, request: Asked, _document: Document) -> Mapping[str, Any]:
    return {
        "ModerationModelVersion": moderation.MODEL_VERSION,
        "GetRequestMetadata": request_metadata(request),
    }


def _about_text(_call: Call, _request: Asked, _document: Document) -> Mapping[str, Any]:
    return {"TextModelVersion": text.MODEL_VERSION}


def _by_id(entry: Entry) -> Any:
    return entry["Celebrity"]["Id"], entry["Timestamp"]


LABELS = video_jobs(
    "StartLabelDetection",
    "label-detection-job",
    by_frames(_labels),
    Api(results="Labels", named="Label", more=_about_labels),
)
FACES = video_jobs(
    "StartFaceDetection", "face-detection-job", by_frames(_faces), Api(results="Faces")
)
TEXT = video_jobs(
    "StartTextDetection",
    "text-detection-job",
    by_frames(_text),
    Api(results="TextDetections", more=_about_text),
)
MODERATION = video_jobs(
    "StartContentModeration",
    "content-moderation-job",
    by_frames(_moderation),
    Api(results="ModerationLabels", named="ModerationLabel", more=_about_moderation),
)
CELEBRITIES = video_jobs(
    "StartCelebrityRecognition",
    "celebrity-recognition-job",
    by_frames(_celebrities),
    Api(results="Celebrities", orders={"ID": _by_id}),
)
ALL = (LABELS, FACES, TEXT, MODERATION, CELEBRITIES)

start_label_detection, get_label_detection = LABELS.start, LABELS.get
start_face_detection, get_face_detection = FACES.start, FACES.get
start_text_detection, get_text_detection = TEXT.start, TEXT.get
start_content_moderation, get_content_moderation = MODERATION.start, MODERATION.get
start_celebrity_recognition, get_celebrity_recognition = CELEBRITIES.start, CELEBRITIES.get
