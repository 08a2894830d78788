"""The models of a container that serves many: fetched from S3 when they are first asked for.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-endpoints.html
"""

import asyncio
import hashlib
import os
import shutil
import threading
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from outcrop.aws.errors import ServiceError, ValidationError
from outcrop.operations import Call
from outcrop.services.sagemaker.hosting.archives import BadArchiveError, unpack
from outcrop.services.sagemaker.running.files import S3Place
from outcrop.services.sagemaker.running.instance_types import GIB

MODELS = "models"
"""The folder of the models, below the fleet's own, and below /opt/ml."""
USUAL_GIB, SERVERLESS_GIB = 30, 5
"""Of a volume, if the variant says nothing."""
LATELY_SECONDS = 120.0
"""Twice as long as an answer may take: nobody waits any more for a model asked for before."""
_MAKING_ROOM = threading.Lock()


class ModelStore:
    """The models of one fleet, each in a folder of its own."""

    def __init__(self, call: Call, place: S3Place, folder: Path, *, most_bytes: int) -> None:
        """Prepare to fetch models.

        Args:
            call: Acts as the model's role.
            place: The prefix that their names are relative to.
            folder: Where they lie.
            most_bytes: What they may take there before those go that were not asked for lately.
        """
        self._call = call
        self._place = place
        self._folder = folder
        self._most_bytes = most_bytes
        self._fetching: dict[str, asyncio.Task[None]] = {}

    async def have(self, name: str) -> str:
        """Return the folder's name of a model that lies there from now on.

        Raises:
            ServiceError: It cannot be had.
        """
        place = hashlib.sha256(name.encode()).hexdigest()[:32]
        with suppress(FileNotFoundError):
            os.utime(self._folder / place)  # Notes that it was asked for.
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
            await asyncio.to_thread(self._make_room, beside)
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

    def _make_room(self, newest: Path) -> None:
        """Delete the models that were not asked for lately, the oldest first, as far as need be.

        One that a worker has loaded answers on, and is fetched anew when it is asked for.
        """
        with _MAKING_ROOM:
            taken, before = _size(newest), time.time() - LATELY_SECONDS
            there = [path for path in self._folder.iterdir() if not path.name.startswith(".")]
            asked = {path: path.stat().st_mtime for path in there}
            for path in sorted(there, key=asked.__getitem__, reverse=True):
                taken += _size(path)
                if taken > self._most_bytes and asked[path] < before:
                    shutil.rmtree(path)


def room_for_models(variant: Mapping[str, Any], container: Mapping[str, Any]) -> int:
    """Return how many bytes the models of a variant's container may take; see `ModelStore`."""
    if container.get("MultiModelConfig", {}).get("ModelCacheSetting") == "Disabled":
        return 0
    config = variant["config"]
    usual = SERVERLESS_GIB if "ServerlessConfig" in config else USUAL_GIB
    return config.get("VolumeSizeInGB", usual) * GIB


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())
