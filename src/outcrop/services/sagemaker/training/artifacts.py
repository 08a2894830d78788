"""What a job leaves: model.tar.gz and output.tar.gz in S3, or the files themselves.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OutputDataConfig.html
"""

import asyncio
import tarfile
from collections.abc import Sequence
from pathlib import Path

from outcrop.services.sagemaker.running.files import S3Place
from outcrop.services.sagemaker.running.kind import Work
from outcrop.services.sagemaker.running.left_files import LeftFolder, chunks_of
from outcrop.services.sagemaker.running.uploads import FolderUpload
from outcrop.services.sagemaker.training.places import MODEL, OUTPUT, is_packed, output_place


async def upload(work: Work) -> None:
    """Pack and upload what the instances left; of files of one name, the first instance's counts.

    Raises:
        ServiceError: The bucket refuses it.
    """
    place = output_place(work.job)
    if not is_packed(work.job):
        await _upload_files(work, place)
        return
    for name, folder in ((OUTPUT, "output/data"), (MODEL, "model")):
        left = [work.files.left(host, folder) for host in work.hosts]
        folders = [path for path in left if path is not None]
        path = work.files.folder / name
        if await asyncio.to_thread(_pack, path, folders) or name == MODEL:
            await work.call.objects.write(
                place.bucket,
                place.key(name),
                chunks_of(path.open("rb")),
                content_type="application/x-tar",
            )


async def _upload_files(work: Work, place: S3Place) -> None:
    """Upload each file as an object; the first instance's comes last, and counts."""
    for host in reversed(work.hosts):
        for name, folder in (("data", "output/data"), ("model", "model")):
            below = S3Place(place.bucket, place.key(name))
            left = LeftFolder(work.files.instance(host), folder)
            await FolderUpload(work.call.objects, left, below).upload()


def _pack(path: Path, folders: Sequence[Path]) -> bool:
    """Write an archive of what lies in folders, and tell whether that is anything."""
    packed: set[str] = set()
    with tarfile.open(path, "w:gz", dereference=False) as archive:
        for folder in folders:
            for entry in sorted(folder.rglob("*")):
                name = str(entry.relative_to(folder))
                if name not in packed:
                    packed.add(name)
                    archive.add(entry, name, recursive=False)
    return bool(packed)
