"""Where a job's files are in S3.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/batch-inference-results.html
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from outcrop.aws.s3_uris import bucket_and_key

INPUT_ENDING = ".jsonl"
OUTPUT_ENDING = ".out"
MANIFEST = "manifest.json.out"


@dataclass(frozen=True, slots=True)
class S3Place:
    """A bucket, and a key or the beginning of keys in it."""

    bucket: str
    key: str

    @classmethod
    def of(cls, uri: str) -> "S3Place":
        """Read `s3://bucket/key`; the key may be missing."""
        return cls(*bucket_and_key(uri))

    @property
    def is_file(self) -> bool:
        """Tell whether it names one input file, not a folder of them."""
        return self.key.endswith(INPUT_ENDING)

    @property
    def folder(self) -> str:
        """The beginning of all keys below it."""
        return f"{self.key.rstrip('/')}/" if self.key.strip("/") else ""

    def output_key(self, job_id: str, name: str) -> str:
        """Return the key of one of a job's output files below this place."""
        return f"{self.folder}{job_id}/{name}"


async def lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Give the lines of a file that comes in pieces, without those that are blank."""
    rest = b""
    async for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            if line.strip():
                yield line
    if rest.strip():
        yield rest
