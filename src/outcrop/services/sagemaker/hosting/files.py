"""The files of a variant's instances: the model's data and the user's code, from S3.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.jobs.runtimes import find_runtime
from outcrop.operations import Call
from outcrop.services.sagemaker.hosting.archives import BadArchiveError, unpack
from outcrop.services.sagemaker.hosting.checks import data_of, has_many_models
from outcrop.services.sagemaker.hosting.errors import DeploymentFailedError
from outcrop.services.sagemaker.hosting.model_store import MODELS
from outcrop.services.sagemaker.hosting.programs import CODE, DATA
from outcrop.services.sagemaker.running.downloads import download
from outcrop.services.sagemaker.running.errors import JobFailedError
from outcrop.services.sagemaker.running.files import S3Place

SUBMIT_DIRECTORY = "SAGEMAKER_SUBMIT_DIRECTORY"
DONE = "prepared"
"""The file that says that all others are there."""


async def prepare(call: Call, step: Mapping[str, Any], folder: Path) -> None:
    """Lay out the files of a container, unless they are there.

    Raises:
        DeploymentFailedError: They cannot be had.
    """
    for name in (DATA, CODE, MODELS):
        await asyncio.to_thread((folder / name).mkdir, parents=True, exist_ok=True)
    if (folder / DONE).exists():
        return
    container = step["container"]
    data = data_of(container)
    if data is not None and not has_many_models(container):
        await _fetch_model(call, step["host"], data, folder / DATA)
    directory = container.get("Environment", {}).get(SUBMIT_DIRECTORY, "").strip('"')
    # A container of one's own fetches what it is told of by itself.
    if directory.startswith("s3://") and not find_runtime(container["Image"]).image:
        await _fetch_archive(call, directory, folder / CODE, what=f"the code {directory}")
    (folder / DONE).touch()


async def _fetch_model(call: Call, name: str, data: Mapping[str, str], folder: Path) -> None:
    uri = data["S3Uri"]
    if data["CompressionType"] == "Gzip":
        await _fetch_archive(
            call, uri, folder, what=f'model data archive for container "{name}" from URL "{uri}"'
        )
        return
    try:
        await download(
            call, {**data, "S3DataType": "S3Prefix"}, folders=[folder], what=f"model data {uri}"
        )
    except JobFailedError as error:
        raise DeploymentFailedError(str(error)) from error


async def _fetch_archive(call: Call, uri: str, folder: Path, *, what: str) -> None:
    """Fetch an archive and unpack it."""
    place = S3Place.of(uri)
    archive = folder.with_name(f"{folder.name}.archive")
    try:
        with archive.open("wb") as file:
            async for chunk in await call.objects.open(place.bucket, place.prefix):
                await asyncio.to_thread(file.write, chunk)
        await asyncio.to_thread(unpack, archive, folder)
    except ServiceError as error:
        raise DeploymentFailedError(
            f"Failed to download {what}: {error.message} Please ensure that there is an object"
            " located at the URL and that the role passed to CreateModel has permissions to"
            " download the object."
        ) from error
    except BadArchiveError as error:
        raise DeploymentFailedError(
            f"Failed to extract {what}. Please ensure that the object located at the URL is a"
            f" valid tar.gz archive. {error}"
        ) from error
    finally:
        archive.unlink(missing_ok=True)
