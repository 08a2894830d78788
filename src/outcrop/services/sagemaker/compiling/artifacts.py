"""The compiled model, from files to S3.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ModelDigests.html
"""

import asyncio
import hashlib
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from outcrop.aws.user_json import read_json
from outcrop.services.sagemaker.compiling.contract import MODEL, OUTPUT
from outcrop.services.sagemaker.compiling.targets import name_of
from outcrop.services.sagemaker.running.failures import read_message
from outcrop.services.sagemaker.running.files import S3Place
from outcrop.services.sagemaker.running.kind import Work
from outcrop.services.sagemaker.running.left_files import LeftFolder, chunks_of

FAILURE, DERIVED = "failure", "derived.json"
LONGEST_DERIVED = 16_384
"""As the service model has DataInputConfig."""


def artifact_of(request: Mapping[str, Any]) -> S3Place:
    """Return where a job's compiled model lies: beside none of other targets.

    `model.tar.gz` for ml_c5 becomes `model-ml_c5.tar.gz`, directly below S3OutputLocation.
    """
    root = S3Place.of(request["OutputConfig"]["S3OutputLocation"])
    name = PurePosixPath(request["InputConfig"]["S3Uri"]).name.removesuffix(".tar.gz")
    target = name_of(request["OutputConfig"])
    return S3Place(root.bucket, root.key(f"{name}-{target}.tar.gz"))


async def upload(work: Work, host: str) -> dict[str, Any]:
    """Pack and upload the compiled model, and return what the job's record is to hold of it.

    Raises:
        ServiceError: The bucket refuses it.
    """
    path = work.files.folder / "compiled.tar.gz"
    root = work.files.instance(host)
    digest = await asyncio.to_thread(_pack, path, LeftFolder(root, MODEL))
    place = artifact_of(work.request)
    await work.call.objects.write(
        place.bucket,
        place.prefix,
        chunks_of(path.open("rb")),
        content_type="application/x-tar",
    )
    derived = await asyncio.to_thread(_derived, LeftFolder(root, OUTPUT))
    return {"digest": digest, **({"derived": derived} if derived else {})}


def said(work: Work, host: str) -> str:
    """Return why a program failed, in its own words; empty: it left none."""
    return read_message(work.files.left(host, f"{OUTPUT}/{FAILURE}"))


def _pack(path: Path, folder: LeftFolder) -> str:
    """Write an archive of the files of a folder and return its BLAKE2 hash."""
    with tarfile.open(path, "w:gz") as archive:
        for file in folder.files():
            with folder.open(file.path) as opened:
                member = tarfile.TarInfo(file.path)
                member.size, member.mtime = file.size, file.changed_ns // 10**9
                archive.addfile(member, opened)
    with path.open("rb") as written:
        return hashlib.file_digest(written, hashlib.blake2b).hexdigest()


def _derived(folder: LeftFolder) -> str:
    """Return the inputs that the program has found in the model, as DataInputConfig has them."""
    try:
        with folder.open(DERIVED) as file:
            text = file.read(LONGEST_DERIVED + 1).decode(errors="replace")
            return json.dumps(read_json(text)) if len(text) <= LONGEST_DERIVED else ""
    except (OSError, ValueError):
        return ""
