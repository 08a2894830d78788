"""Folders of a running or ended program, from files to S3.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html
"""

import asyncio
from datetime import datetime

from outcrop.operations.objects import Objects
from outcrop.services.sagemaker.running.files import S3Place
from outcrop.services.sagemaker.running.left_files import LeftFile, LeftFolder, chunks_of

LOOK_SECONDS = 1.0
"""Between looks for files that have changed; one that has changed since the last is waited for."""


class FolderUpload:
    """Uploads one folder of one instance; links are not followed, nothing is deleted."""

    def __init__(
        self,
        objects: Objects,
        folder: LeftFolder,
        place: S3Place,
        *,
        changed_since: datetime | None = None,
    ) -> None:
        """Upload to a place, perhaps only what has changed since some time."""
        self._objects = objects
        self._folder = folder
        self._place = place
        self._since_ns = int(changed_since.timestamp() * 1e9) if changed_since else 0
        self._seen: dict[str, LeftFile] = {}
        self._uploaded: dict[str, LeftFile] = {}

    async def upload(self) -> None:
        """Upload what was not uploaded yet.

        Raises:
            ServiceError: The bucket refuses it.
        """
        for file in await asyncio.to_thread(self._folder.files):
            await self._upload(file)

    async def keep_uploading(self) -> None:
        """Upload files as they come and change, until this is cancelled.

        Raises:
            ServiceError: The bucket refuses it.
        """
        while True:
            for file in await asyncio.to_thread(self._folder.files):
                if self._seen.get(file.path) == file:
                    await self._upload(file)
                self._seen[file.path] = file
            await asyncio.sleep(LOOK_SECONDS)

    async def _upload(self, file: LeftFile) -> None:
        if file.changed_ns < self._since_ns or self._uploaded.get(file.path) == file:
            return
        try:
            opened = await asyncio.to_thread(self._folder.open, file.path)
        except OSError:  # The program has removed it meanwhile.
            return
        key = self._place.key(file.path)
        await self._objects.write(self._place.bucket, key, chunks_of(opened))
        self._uploaded[file.path] = file
