"""The sample payloads of a load test: the files of an archive in S3.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/inference-recommender-prerequisites.html
"""

import asyncio
import io
import tarfile
import zlib
from collections.abc import Sequence

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call
from outcrop.services.sagemaker.recommending.errors import RecommendingFailedError
from outcrop.services.sagemaker.running.files import S3Place

MOST_ARCHIVE_BYTES, MOST_BYTES, MOST_FILES = 256 << 20, 6 << 20, 1000
"""Of an archive, of a payload (as endpoints take), and of the payloads that are used."""


async def payloads_of(call: Call, uri: str) -> Sequence[bytes]:
    """Return the payloads of an archive.

    Raises:
        RecommendingFailedError: It cannot be had, or holds none.
    """
    place = S3Place.of(uri)
    try:
        told = await call.ask("s3", "HeadObject", Bucket=place.bucket, Key=place.prefix)
        if told["ContentLength"] > MOST_ARCHIVE_BYTES:
            raise RecommendingFailedError(f"The sample payload {uri} is too large.")
        archive = await call.objects.read(place.bucket, place.prefix)
    except ServiceError as error:
        raise RecommendingFailedError(
            f"Failed to download the sample payload {uri}: {error.message}"
        ) from error
    try:
        payloads = await asyncio.to_thread(_files_of, archive)
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise RecommendingFailedError(
            f"The sample payload {uri} is no tar.gz archive: {error}"
        ) from error
    if not payloads:
        raise RecommendingFailedError(
            f"The sample payload {uri} holds no file of at most {MOST_BYTES >> 20} MB."
        )
    return payloads


def _files_of(archive: bytes) -> Sequence[bytes]:
    """Return what the files of an archive hold; nothing is written anywhere."""
    found: list[bytes] = []
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:*") as opened:
        for member in opened:
            is_hidden = member.name.rpartition("/")[2].startswith(".")
            if member.isfile() and not is_hidden and 0 < member.size <= MOST_BYTES:
                file = opened.extractfile(member)
                found.append(file.read() if file else b"")
            if len(found) >= MOST_FILES:
                break
    return found
