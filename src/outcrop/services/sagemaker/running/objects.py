"""The objects that a source of input data names.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
"""

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from outcrop.aws.user_json import read_json
from outcrop.operations import Call
from outcrop.services.sagemaker.running.errors import JobFailedError
from outcrop.services.sagemaker.running.files import S3Place


async def objects_of(call: Call, source: Mapping[str, Any]) -> AsyncIterator[tuple[str, str, str]]:
    """Give the bucket and key of each object, and the path of its file.

    Raises:
        JobFailedError: The manifest is none.
        ServiceError: The bucket may not be read.
    """
    place = S3Place.of(source["S3Uri"])
    if source["S3DataType"] == "ManifestFile":
        root, names = _manifest(await call.objects.read(place.bucket, place.prefix))
        for name in names:
            yield root.bucket, f"{root.prefix}{name}", name
        return
    async for key, _ in call.objects.keys(place.bucket, place.prefix):
        if not key.endswith("/"):
            yield place.bucket, key, relative_path(place.prefix, key)


def relative_path(prefix: str, key: str) -> str:
    """Return the path of a file below its channel's folder.

    The prefix `data/train` finds `data/train/a.csv`, whose path is `a.csv`, as well as
    `data/train-2.csv`, whose path is `train-2.csv`.
    """
    rest = key.removeprefix(prefix)
    if rest and (not prefix or prefix.endswith("/") or rest.startswith("/")):
        return rest.lstrip("/")
    return key[prefix.rfind("/") + 1 :]


def _manifest(content: bytes) -> tuple[S3Place, Sequence[str]]:
    """Return what the names of a manifest follow, and the names."""
    match _json(content):
        case [{"prefix": str() as prefix}, *names] if all(isinstance(it, str) for it in names):
            with contextlib.suppress(ValueError):
                return S3Place.of(prefix), names
        case _:
            pass
    raise JobFailedError(
        "ClientError: Data download failed:The manifest is no list of a prefix and keys."
    )


def _json(content: bytes) -> Any:
    try:
        return read_json(content)
    except ValueError:
        return None


def no_objects(call: Call, source: Mapping[str, Any]) -> JobFailedError:
    """Return the error for a source that names no object."""
    return JobFailedError(
        f"ClientError: Data download failed:No S3 objects found under S3 URL"
        f' "{source["S3Uri"]}" given in input data source. Please ensure that the bucket'
        f" exists in the selected region ({call.region}), that objects exist under that S3"
        " prefix, and that the role may list the bucket."
    )
