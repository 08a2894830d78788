"""Jobs whose results are not whole leave nothing where results go."""

import contextlib
from collections.abc import Container

from outcrop.aws.errors import ServiceError
from outcrop.aws.s3_uris import bucket_and_key
from outcrop.operations.service_jobs import ServiceJob


async def remove_leftovers(job: ServiceJob, *, kept: Container[str]) -> None:
    """Delete what a job has written that failed, or was stopped, as far as S3 lets it.

    Args:
        job: That has ended.
        kept: The states of those whose results stay.
    """
    if job.document["status"] in kept:
        return
    bucket, key = bucket_and_key(job.document["output"])
    folder = f"{key.rpartition('/')[0]}/"  # Its own: the job's id is in it.
    with contextlib.suppress(ServiceError):
        written = [name async for name, _ in job.call.objects.keys(bucket, folder)]
        for name in written:
            await job.call.ask("s3", "DeleteObject", Bucket=bucket, Key=name)
