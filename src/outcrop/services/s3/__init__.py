"""Amazon S3: buckets, objects, versions, multipart uploads."""

from outcrop.operations import Service
from outcrop.services.s3 import (
    archives,
    buckets,
    configurations,
    copies,
    deletions,
    grants,
    identified_configurations,
    lifecycles,
    logging_and_events,
    multipart_uploads,
    object_attributes,
    object_listings,
    object_tags,
    objects,
    policies,
    retention,
    upload_parts,
)
from outcrop.services.s3.quirks import S3Quirks
from outcrop.services.s3.start_up import live_blobs, resume

SERVICE = Service.of(
    "s3",
    buckets,
    objects,
    object_listings,
    object_attributes,
    object_tags,
    archives,
    copies,
    deletions,
    multipart_uploads,
    upload_parts,
    grants,
    retention,
    policies,
    lifecycles,
    logging_and_events,
    configurations,
    identified_configurations,
    quirks=S3Quirks(),
    on_start=resume,
    live_blobs=live_blobs,
)
