"""Amazon S3: buckets, objects, versions, multipart uploads."""

from outcrop.operations import Service
from outcrop.services.s3 import buckets, objects

SERVICE = Service.of("s3", buckets, objects)
