"""A processing job's outputs, from files to S3: at its end, or while it runs.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingS3Output.html
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.services.sagemaker.processing.paths import below_root
from outcrop.services.sagemaker.running.files import S3Place
from outcrop.services.sagemaker.running.kind import Work
from outcrop.services.sagemaker.running.left_files import LeftFile, LeftFolder, chunks_of

LOOK_SECONDS = 1.0
"""Between looks for files that have changed; one that has changed since the last is waited for."""


def s3_outputs(request: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the outputs that are uploaded."""
    outputs = request.get("ProcessingOutputConfig", {}).get("Outputs", [])
    return [one for one in outputs if not one.get("AppManaged")]


class Outputs:
    """One output of one instance."""

    def __init__(self, work: Work, host: str, output: Mapping[str, Any]) -> None:
        target = output["S3Output"]
        self._objects = work.call.objects
        self._place = S3Place.of(target["S3Uri"])
        self._folder = LeftFolder(work.files.instance(host), below_root(target["LocalPath"]))
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
        if self._uploaded.get(file.path) == file:
            return
        try:
            opened = await asyncio.to_thread(self._folder.open, file.path)
        except OSError:  # The program has removed it meanwhile.
            return
        key = self._place.key(file.path)
        await self._objects.write(self._place.bucket, key, chunks_of(opened))
        self._uploaded[file.path] = file
