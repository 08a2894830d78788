"""What Rekognition does when the server starts: go on with jobs, and with the news of them."""

from outcrop.operations import Backends, service_jobs
from outcrop.operations.event_delivery import deliver_soon
from outcrop.services.rekognition.custom_labels.dataset_changes import CREATION, UPDATE
from outcrop.services.rekognition.custom_labels.serving import COPYING, STARTING, STOPPING
from outcrop.services.rekognition.custom_labels.training import TRAINING
from outcrop.services.rekognition.media_analysis_jobs import MEDIA_ANALYSIS
from outcrop.services.rekognition.video_analyses import ALL
from outcrop.services.rekognition.video_face_searches import FACE_SEARCH
from outcrop.services.rekognition.video_segments import SEGMENTS

VIDEO_JOBS = (*ALL, FACE_SEARCH, SEGMENTS)
CUSTOM_LABELS_JOBS = (CREATION, UPDATE, TRAINING, STARTING, STOPPING, COPYING)


async def resume(backends: Backends) -> None:
    """Go on with what an earlier server began."""
    deliver_soon(backends)
    await service_jobs.resume(backends, *CUSTOM_LABELS_JOBS)
    await service_jobs.resume(backends, MEDIA_ANALYSIS, *(jobs.family for jobs in VIDEO_JOBS))
