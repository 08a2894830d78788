"""JumpStart's bucket of a region: made when somebody first asks for it, for everybody to read.

It is nobody's but AWS's own account's, as no caller is, so nobody changes it.
"""

import asyncio
import json
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Backends, Call
from outcrop.operations.background import call_without_request
from outcrop.services.sagemaker.jumpstart.catalog import load_catalog
from outcrop.services.sagemaker.jumpstart.files import files_of_bucket
from outcrop.services.sagemaker.jumpstart.places import AWS, BUCKET, bucket_of
from outcrop.storage.records.interface import Put, Scope

KIND = "jumpstart-bucket"
_making = asyncio.Lock()


async def make_bucket(call: Call, name: str) -> bool:
    """Make a bucket that is not there, and tell whether it is one of JumpStart's."""
    match = BUCKET.fullmatch(name)
    if match is None:
        return False
    async with _making:
        await _fill(call.backends, match["region"])
    return True


async def refresh(backends: Backends) -> None:
    """Bring the buckets up to date that were made of another catalogue, or not to their end."""
    for place in await backends.records.scopes(service="sagemaker", kind=KIND, account=AWS):
        record = await backends.records.find(place, KIND)
        if record is None or record.document["digest"] != load_catalog().digest:
            await _fill(backends, place.region)


async def _fill(backends: Backends, region: str) -> None:
    place = Scope(AWS, region, "sagemaker", KIND)
    record = await backends.records.find(place, KIND)
    digest = load_catalog().digest
    if record is not None and record.document["digest"] == digest:
        return  # Somebody else made it while this one waited.
    # Remembered before it is begun: whoever dies here goes on after the next start.
    await backends.records.write(Put(scope=place, name=KIND, document={"digest": ""}))
    call = call_without_request(
        backends, service="sagemaker", operation="DescribeHub", account=AWS, region=region
    )
    bucket = bucket_of(region)
    await _create(call, bucket)
    for key, content in (await asyncio.to_thread(files_of_bucket, region)).items():
        kind = "application/json" if key.endswith(".json") else "application/octet-stream"
        await call.objects.write(bucket, key, content, content_type=kind)
    await backends.records.write(Put(scope=place, name=KIND, document={"digest": digest}))


async def _create(call: Call, bucket: str) -> None:
    given: dict[str, Any] = {"Bucket": bucket}
    if call.region != "us-east-1":
        given["CreateBucketConfiguration"] = {"LocationConstraint": call.region}
    try:
        await call.ask("s3", "CreateBucket", **given)
    except ServiceError as error:
        if error.code != "BucketAlreadyOwnedByYou":
            raise
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    await call.ask("s3", "PutBucketPolicy", Bucket=bucket, Policy=json.dumps(policy))
