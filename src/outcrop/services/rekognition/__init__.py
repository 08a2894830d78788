"""Amazon Rekognition: what images show, what they say, and whose faces are in them."""

from outcrop.operations import Service
from outcrop.services.rekognition import (
    celebrities,
    collections,
    dataset_entries,
    datasets,
    face_searches,
    faces,
    indexed_faces,
    labels,
    media_analysis_jobs,
    moderation,
    projects,
    tags,
    text,
    users,
    video_analyses,
    video_face_searches,
    video_segments,
)
from outcrop.services.rekognition.custom_labels.blobs import live_blobs
from outcrop.services.rekognition.start_up import resume

SERVICE = Service.of(
    "rekognition",
    labels,
    media_analysis_jobs,
    moderation,
    text,
    faces,
    celebrities,
    collections,
    indexed_faces,
    face_searches,
    users,
    video_analyses,
    video_face_searches,
    video_segments,
    projects,
    datasets,
    dataset_entries,
    tags,
    on_start=resume,
    live_blobs=live_blobs,
)
