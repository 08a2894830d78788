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
    project_policies,
    project_versions,
    projects,
    running_versions,
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
    project_policies,
    datasets,
    dataset_entries,
    project_versions,
    running_versions,
    tags,
    on_start=resume,
    live_blobs=live_blobs,
)
