"""What the program that compiles finds: the unpacked model, and its task.

Nothing of AWS's: what Neo's own compiler finds is not documented.
"""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.jobs.host import this_host
from outcrop.jobs.interface import Program
from outcrop.jobs.runtimes import find_runtime
from outcrop.services.sagemaker.compiling.data_inputs import inputs_of
from outcrop.services.sagemaker.compiling.images import repository_of
from outcrop.services.sagemaker.compiling.options import Options, options_of
from outcrop.services.sagemaker.compiling.targets import name_of, note
from outcrop.services.sagemaker.hosting.archives import BadArchiveError, unpack
from outcrop.services.sagemaker.running.errors import JobFailedError
from outcrop.services.sagemaker.running.files import S3Place
from outcrop.services.sagemaker.running.instance_types import share
from outcrop.services.sagemaker.running.kind import Work
from outcrop.services.sagemaker.running.programs import program as program_of

COMMAND = ("python", "-m", "outcrop_runtime.compilation")
MODEL, OUTPUT = "model", "output"
"""Below an instance's `/opt/ml`: the compiled model, and what is said of it."""


def image(request: Mapping[str, Any]) -> str:
    """Return the image that names a job's runtime: the one that serves what it compiles."""
    device = request["OutputConfig"].get("TargetDevice", "")
    return repository_of(request["InputConfig"]["Framework"], device)


async def lay_out(work: Work, host: str) -> None:
    """Fetch and unpack the model, and write its task.

    Raises:
        JobFailedError: There is no such model.
    """
    root = work.files.instance(host)
    for folder in (MODEL, OUTPUT, "input/config"):
        await asyncio.to_thread((root / folder).mkdir, parents=True, exist_ok=True)
    await _fetch(work, root / "input" / "model")
    path = root / "input/config/compilation.json"
    await asyncio.to_thread(path.write_text, json.dumps(_task(work.request)), encoding="utf-8")


def program(work: Work, host: str) -> Program:
    """Return the program, which reaches nobody: models may hold code of anybody's."""
    return program_of(
        work,
        host,
        runtime=find_runtime(image(work.request)),
        command=COMMAND,
        variables={"OMP_NUM_THREADS": str(_processors(work))},
        has_network=False,
    )


def _processors(work: Work) -> int:
    return share(work.instances.type, instances=work.instances.count, host=this_host()).cpus


async def _fetch(work: Work, folder: Path) -> None:
    place = S3Place.of(work.request["InputConfig"]["S3Uri"])
    archive = folder.with_name("archive")
    try:
        with archive.open("wb") as file:
            async for chunk in await work.call.objects.open(place.bucket, place.prefix):
                await asyncio.to_thread(file.write, chunk)
        await asyncio.to_thread(unpack, archive, folder)
    except ServiceError as error:
        known = error.code in ("NoSuchKey", "NoSuchBucket")
        what = "S3 object does not exist" if known else f"S3 object cannot be read: {error.message}"
        raise JobFailedError(
            f"ClientError: InputConfiguration: {what}. Bucket: {place.bucket}, Key: {place.prefix}"
        ) from error
    except BadArchiveError as error:
        raise JobFailedError(
            "ClientError: InputConfiguration: Unable to untar input model. Please confirm the model"
            f" is a tar.gz file. {error}"
        ) from error
    finally:
        archive.unlink(missing_ok=True)


def _task(request: Mapping[str, Any]) -> Mapping[str, Any]:
    source, output = request["InputConfig"], request["OutputConfig"]
    options = options_of(output, source["Framework"])
    return {
        "framework": source["Framework"],
        "target": name_of(output),
        "inputs": inputs_of(source),
        "type": options.type,
        "is_quantized": options.is_quantized,
        "notes": [*note(output), *_note_unused(options)],
    }


def _note_unused(options: Options) -> list[str]:
    if not options.unused:
        return []
    return [
        f"Compiler options that have no use here: {options.unused}. ONNX Runtime looks for what"
        " this machine's processors can do whenever it loads a model."
    ]
