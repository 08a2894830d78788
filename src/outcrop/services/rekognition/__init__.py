"""Amazon Rekognition: what images show."""

from outcrop.operations import Service
from outcrop.services.rekognition import labels

SERVICE = Service.of("rekognition", labels)
