"""A training job's checkpoints: there before it starts, in S3 as they are written.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html
"""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from outcrop.services.sagemaker.running.downloads import download
from outcrop.services.sagemaker.running.files import S3Place
from outcrop.services.sagemaker.running.kind import Work
from outcrop.services.sagemaker.running.left_files import LeftFolder
from outcrop.services.sagemaker.running.programs import ROOT
from outcrop.services.sagemaker.running.uploads import FolderUpload

DEFAULT = "/opt/ml/checkpoints"


def folder_of(given: Mapping[str, Any]) -> str:
    """Return where checkpoints are, below `/opt/ml`.

    Raises:
        ValueError: They are elsewhere; the message says so.
    """
    path = PurePosixPath(given.get("LocalPath", DEFAULT))
    if ".." in path.parts or not path.is_relative_to(ROOT) or path == PurePosixPath(ROOT):
        raise ValueError(f"The LocalPath {path} of checkpoints must lie below {ROOT} here.")
    return str(path.relative_to(ROOT))


async def restore(work: Work) -> None:
    """Copy what an earlier job left in S3 to each instance.

    Raises:
        JobFailedError: It may not be read.
    """
    given = work.request.get("CheckpointConfig")
    if given is not None:
        place = S3Place.of(given["S3Uri"])
        await download(
            work.call,
            # `checkpoints` is not to find what lies in `checkpoints-of-another`.
            {"S3DataType": "S3Prefix", "S3Uri": f"{place.uri().rstrip('/')}/"},
            folders=[work.files.instance(host) / folder_of(given) for host in work.hosts],
            what="the checkpoints",
        )


def uploads(work: Work) -> Sequence[FolderUpload]:
    """Return what uploads the checkpoints of each instance; what was restored stays as it is."""
    given = work.request.get("CheckpointConfig")
    if given is None:
        return ()
    return [
        FolderUpload(
            work.call.objects,
            LeftFolder(work.files.instance(host), folder_of(given)),
            S3Place.of(given["S3Uri"]),
            changed_since=work.job["started"],
        )
        for host in work.hosts
    ]
