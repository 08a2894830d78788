"""One object in an S3 bucket, written in parts of which only a few are in memory."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import CompletedPartTypeDef

MIB = 1024 * 1024
LEAST_PART_BYTES = 5 * MIB
"""Of every part but the last.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
"""
MOST_COPIED_BYTES = 1024 * MIB
"""Of a part that the bucket copies by itself; S3 allows five times as much, but is slow then."""
_PART_BYTES = 8 * MIB
_PARTS_PER_SIZE = 500


def part_bytes(number: int) -> int:
    """Return how large a part should be.

    Parts grow with their number, so that the 10,000 parts that S3 allows hold 800 GiB.

    Args:
        number: From 1.
    """
    return _PART_BYTES * (1 + (number - 1) // _PARTS_PER_SIZE)


class S3Upload:
    """A multipart upload; of its methods, which all block, only one runs at a time."""

    def __init__(self, client: "S3Client", bucket: str, key: str) -> None:
        self._client = client
        self._bucket = bucket
        self._key = key
        self._id: str | None = None
        self._parts: list[CompletedPartTypeDef] = []

    @property
    def next_number(self) -> int:
        """The number of the part that comes next, from 1."""
        return len(self._parts) + 1

    def add(self, body: bytes) -> None:
        """Upload the next part."""
        answer = self._client.upload_part(
            Bucket=self._bucket,
            Key=self._key,
            UploadId=self._upload_id(),
            PartNumber=self.next_number,
            Body=body,
        )
        self._parts.append({"ETag": answer["ETag"], "PartNumber": self.next_number})

    def copy(self, key: str, start: int, stop: int) -> None:
        """Let the bucket copy a range of another object, as one part or several."""
        for first, beyond in _even_ranges(start, stop):
            answer = self._client.upload_part_copy(
                Bucket=self._bucket,
                Key=self._key,
                UploadId=self._upload_id(),
                PartNumber=self.next_number,
                CopySource={"Bucket": self._bucket, "Key": key},
                CopySourceRange=f"bytes={first}-{beyond - 1}",
            )
            etag = answer["CopyPartResult"].get("ETag", "")
            self._parts.append({"ETag": etag, "PartNumber": self.next_number})

    def complete(self, rest: bytes) -> None:
        """Upload what remains and make the object visible."""
        if not self._parts:
            self._client.put_object(Bucket=self._bucket, Key=self._key, Body=rest)
            return
        if rest:
            self.add(rest)
        self._client.complete_multipart_upload(
            Bucket=self._bucket,
            Key=self._key,
            UploadId=self._upload_id(),
            MultipartUpload={"Parts": self._parts},
        )

    def abort(self) -> None:
        """Delete the parts."""
        if self._id is not None:
            self._client.abort_multipart_upload(
                Bucket=self._bucket, Key=self._key, UploadId=self._id
            )

    def _upload_id(self) -> str:
        if self._id is None:
            answer = self._client.create_multipart_upload(Bucket=self._bucket, Key=self._key)
            self._id = answer["UploadId"]
        return self._id


def _even_ranges(start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Divide a range into even parts, none too large; so none is too small either."""
    size = stop - start
    count = -(-size // MOST_COPIED_BYTES)
    for number in range(count):
        yield start + size * number // count, start + size * (number + 1) // count
