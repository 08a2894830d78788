"""How a multipart upload becomes an object: which parts, which ETag, which checksum.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from outcrop.services.s3 import shapes
from outcrop.services.s3.checksums import COMPOSITE, combined, composite, decoded
from outcrop.services.s3.conditions import unquoted
from outcrop.services.s3.errors import (
    BadDigestError,
    EntityTooSmallError,
    InvalidPartError,
    InvalidPartOrderError,
    InvalidRequestError,
    MalformedXmlError,
)
from outcrop.services.s3.object_version import ObjectVersion, PartSummary
from outcrop.services.s3.upload_records import Part, Upload

FEWEST_PART_BYTES = 5 << 20
"""Of all parts but the last.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
"""


def chosen_parts(
    upload: Upload,
    parts: Mapping[int, Part],
    request: shapes.CompleteMultipartUploadRequest,
) -> list[Part]:
    """Return the parts that a request lists, refusing a list that does not fit what is there."""
    listed = request.get("MultipartUpload", {}).get("Parts", [])
    numbers = [item.get("PartNumber", 0) for item in listed]
    if not numbers or min(numbers) < 1:
        raise MalformedXmlError
    if any(first >= second for first, second in pairwise(numbers)):
        raise InvalidPartOrderError
    chosen = [_chosen(upload, parts, item) for item in listed]
    for part in chosen[:-1]:
        if part.size < FEWEST_PART_BYTES:
            raise EntityTooSmallError(
                "Your proposed upload is smaller than the minimum allowed size",
                ProposedSize=part.size,
                MinSizeAllowed=FEWEST_PART_BYTES,
                PartNumber=part.number,
                ETag=part.etag,
            )
    return chosen


def _chosen(upload: Upload, parts: Mapping[int, Part], item: Mapping[str, Any]) -> Part:
    part = parts.get(item["PartNumber"])
    checksum = item.get(upload.algorithm.member)
    is_checked = upload.declared and upload.checksum_type == COMPOSITE
    if is_checked and checksum is None:
        raise InvalidRequestError(
            f"The upload was created using a {upload.declared.lower()} checksum. The complete "
            "request must include the checksum for each part. It was missing for part "
            f"{item['PartNumber']} in the request."
        )
    if (
        part is None
        or unquoted(item.get("ETag", "")) != part.etag
        or checksum not in (None, part.checksum)
    ):
        raise InvalidPartError(
            "One or more of the specified parts could not be found.  The part may not have been "
            "uploaded, or the specified entity tag may not match the part's entity tag.",
            UploadId=upload.id,
            PartNumber=item["PartNumber"],
            ETag=unquoted(item.get("ETag", "")),
        )
    return part


def assembled(upload: Upload, parts: Sequence[Part]) -> ObjectVersion:
    """Return the object that the parts make."""
    algorithm = upload.algorithm
    if upload.checksum_type == COMPOSITE:
        checksum = composite(algorithm, [part.checksum for part in parts])
    else:
        checksum = combined(algorithm, [(part.checksum, part.size) for part in parts])
    return upload.version.changed(
        size=sum(part.size for part in parts),
        etag=multipart_etag([part.etag for part in parts]),
        segments=[segment for part in parts for segment in part.segments],
        checksums={algorithm.name: checksum},
        checksum_type=upload.checksum_type,
        parts=[PartSummary(part.number, part.size, part.checksum) for part in parts],
        upload_id=upload.id,
    )


def multipart_etag(etags: Sequence[str]) -> str:
    """Return the ETag of parts: the MD5 of their MD5s, a dash, and the number of parts.

    Empty if one of them is no MD5.
    """
    try:
        digests = b"".join(bytes.fromhex(etag) for etag in etags)
    except ValueError:
        return ""
    return f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(etags)}"


def check_whole(
    upload: Upload, version: ObjectVersion, request: shapes.CompleteMultipartUploadRequest
) -> None:
    """Hold the client to what it says of the object as a whole."""
    size = request.get("MpuObjectSize")
    if size is not None and size != version.size:
        raise InvalidRequestError(
            f"The provided 'x-amz-mp-object-size' header value {size} does not match what was "
            f"computed: {version.size}"
        )
    checksum_type = request.get("ChecksumType")
    if checksum_type is not None and checksum_type != upload.checksum_type:
        raise InvalidRequestError(
            f"The upload was created using the {upload.checksum_type} checksum mode. The complete "
            "request must use the same checksum mode."
        )
    algorithm = upload.algorithm
    claimed: str | None = request.get(algorithm.member)
    if claimed is None:
        return
    if checksum_type == COMPOSITE or "-" in claimed:
        claimed = claimed if "-" in claimed else f"{claimed}-{len(version.parts)}"
    else:
        decoded(algorithm, claimed)
    if claimed != version.checksums[algorithm.name]:
        raise BadDigestError(
            f"The {algorithm.name.lower()} you specified did not match the calculated checksum."
        )
