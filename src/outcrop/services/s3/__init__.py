"""Amazon S3: buckets, objects, versions, multipart uploads."""

from outcrop.operations import Service
from outcrop.services.s3 import (
    buckets,
    copies,
    deletions,
    multipart_uploads,
    object_listings,
    objects,
    upload_parts,
)

SERVICE = Service.of(
    "s3",
    buckets,
    objects,
    object_listings,
    copies,
    deletions,
    multipart_uploads,
    upload_parts,
)
