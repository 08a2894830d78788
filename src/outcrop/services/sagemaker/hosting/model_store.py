"""The models of a container that serves many: fetched from S3 when they are first asked for.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-endpoints.html
"""

import asyncio
import hashlib
import shutil
import uuid
from pathlib import Path

from outcrop.aws.errors import ServiceError, ValidationError
from outcrop.operations import Call
from outcrop.services.sagemaker.hosting.archives import BadArchiveError, unpack
from outcrop.services.sagemaker.running.files import S3Place

MODELS = "models"
"""The folder of the models, below the fleet's own, and below /opt/ml."""


class ModelStore:
    """The models of one fleet, each in a folder of its own."""

    def __init__(self, call: Call, place: S3Place, folder: Path) -> None:
        """Prepare to fetch models.

        Args:
            call: Acts as the model's role.
            place: The prefix that their names are relative to.
            folder: Where they lie.
        """
        self._call = call
        self._place = place
        self._folder = folder
        self._fetching: dict[str, asyncio.Task[None]] = {}

    async def have(self, name: str) -> str:
        """Return the folder's name of a model that lies there from now on.

        Raises:
            ServiceError: It cannot be had.
        """
        place = hashlib.sha256(name.encode()).hexdigest()[:32]
        if (self._folder / place).exists():
            return place
        task = self._fetching.get(place)
        if task is None:
            task = self._fetching[place] = asyncio.create_task(self._fetch(name, place))
            task.add_done_callback(lambda _: self._fetching.pop(place))
        await asyncio.shield(task)
        return place

    async def _fetch(self, name: str, place: str) -> None:
        """Fetch a model beside its place, and move it there when it is whole."""
        key = self._place.key(name.lstrip("/"))
        beside = self._folder / f".{uuid.uuid4().hex}"
        archive = beside / "archive"
        await asyncio.to_thread(beside.mkdir, parents=True)
        try:
            with archive.open("wb") as file:
                async for chunk in await self._call.objects.open(self._place.bucket, key):
                    await asyncio.to_thread(file.write, chunk)
            await asyncio.to_thread(unpack, archive, beside / "model")
            archive.unlink()
            beside.rename(self._folder / place)
        except ServiceError as error:
            raise ValidationError(
                f"Failed to download model data(bucket: {self._place.bucket}, key: {key}). Please"
                " ensure that there is an object located at the URL and that the role passed to"
                " CreateModel has permissions to download the model."
            ) from error
        except BadArchiveError as error:
            raise ValidationError(
                f"Failed to extract model data(bucket: {self._place.bucket}, key: {key}). Please"
                f" ensure that the object located at the URL is a valid tar.gz archive. {error}"
            ) from error
        finally:
            await asyncio.to_thread(shutil.rmtree, beside, ignore_errors=True)
