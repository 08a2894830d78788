"""Amazon Rekognition: what images show, and whose faces are in them."""

from outcrop.operations import Service
from outcrop.services.rekognition import (
    collections,
    face_searches,
    faces,
    indexed_faces,
    labels,
    tags,
    users,
)

SERVICE = Service.of(
    "rekognition", labels, faces, collections, indexed_faces, face_searches, users, tags
)
