"""Where the documents of jobs are, and where their translations go.

Source: https://docs.aws.amazon.com/translate/latest/dg/async-results.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call
from outcrop.services.translate import shapes

DETAILS = "details"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of a bucket."""

    bucket: str
    prefix: str
    """Empty, or ends with a slash."""

    @classmethod
    def of(cls, uri: str) -> "Folder":
        """Return the folder of an `s3://` URI."""
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        return cls(bucket, prefix if not prefix or prefix.endswith("/") else f"{prefix}/")

    @property
    def uri(self) -> str:
        """Its URI."""
        return f"s3://{self.bucket}/{self.prefix}"


def target_folder(output: str, account: str, job_id: str) -> Folder:
    """Return the folder of a job's translations, below the one that the request names."""
    folder = Folder.of(output)
    return Folder(folder.bucket, f"{folder.prefix}{account}-TranslateText-{job_id}/")


def target_name(source: str, language: str) -> str:
    """Return the name of a document's translation: `a/b.txt` becomes `a/fr.b.txt`."""
    folder, slash, name = source.rpartition("/")
    return f"{folder}{slash}{language}.{name}"


async def source_names(call: Call, folder: Folder) -> Sequence[tuple[str, int]]:
    """Return the names of a folder's documents with their sizes; those of folders are left out."""
    found = [
        (key.removeprefix(folder.prefix), size)
        async for key, size in call.objects.keys(folder.bucket, folder.prefix)
    ]
    return [(name, size) for name, size in found if name and not name.endswith("/")]


async def check_bucket(call: Call, folder: Folder) -> None:
    """Refuse a bucket that is not there, or not the caller's to see.

    Raises:
        InvalidRequestException: See there.
    """
    try:
        await call.ask("s3", "HeadBucket", Bucket=folder.bucket)
    except ServiceError as error:
        raise shapes.InvalidRequestException(
            f"The specified S3 bucket {folder.bucket} does not exist or cannot be accessed."
        ) from error
