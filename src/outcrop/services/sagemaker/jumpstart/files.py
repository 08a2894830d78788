"""The objects of JumpStart's bucket: manifests, specifications, scripts, examples of data.

Source: the SageMaker SDK, sagemaker/jumpstart/cache.py, constants.py
"""

import gzip
import io
import json
import random
import tarfile
from collections.abc import Mapping
from typing import Any

from outcrop.jobs.runtimes import PROGRAMS
from outcrop.services.sagemaker.jumpstart import places
from outcrop.services.sagemaker.jumpstart.catalog import PublicModel, load_catalog
from outcrop.services.sagemaker.jumpstart.specs import MIN_SDK_VERSION, spec_of
from outcrop.weights import Entry

MANIFEST, PROPRIETARY_MANIFEST = "models_manifest.json", "proprietary-sdk-manifest.json"
SCRIPTS = PROGRAMS / "outcrop_runtime" / "jumpstart"
NO_PROPRIETARY_MODELS = [
    {
        "model_id": "outcrop-no-proprietary-models",
        "version": "0.0.0",
        "min_version": "9999.0.0",
        "spec_key": "proprietary-models/none.json",
    }
]
"""The SDK takes no empty manifest, and leaves out what a later version of it is needed for."""
ROWS, COLUMNS = 400, 4


def files_of_bucket(region: str) -> Mapping[str, bytes]:
    """Return the content of a region's bucket by its keys, the manifest last."""
    models = load_catalog().models
    files: dict[str, bytes] = {}
    for model in models:
        files |= _files_of(model)
        files[places.spec_key(model)] = _as_json(spec_of(model, region))
    headers = [
        {
            "model_id": model.id,
            "version": model.version,
            "min_version": MIN_SDK_VERSION,
            "spec_key": places.spec_key(model),
        }
        for model in models
    ]
    manifest = {MANIFEST: _as_json(headers)}
    return {**files, PROPRIETARY_MANIFEST: _as_json(NO_PROPRIETARY_MODELS), **manifest}


def _files_of(model: PublicModel) -> Mapping[str, bytes]:
    if model.weights is not None:
        card = places.artifact_prefix(model) + "README.md"
        return {card: _card(model, model.weights).encode()}
    name = model.kind
    return {
        places.artifact_archive(model): _packed({"README.md": b"Nobody has trained this model.\n"}),
        places.training_script(model): _packed({"transfer_learning.py": _script(f"fit_{name}")}),
        places.inference_script(model): _packed({"inference.py": _script(f"serve_{name}")}),
        places.dataset_prefix(model) + "data.csv": _rows(model).encode(),
    }


def _script(name: str) -> bytes:
    """Return a script: what both kinds of models share, and the line that says which it is."""
    purpose, _, kind = name.partition("_")
    file = "training.py" if purpose == "fit" else "inference.py"
    text = (SCRIPTS / file).read_text(encoding="utf-8")
    return text.replace('KIND: str = "classification"', f'KIND: str = "{kind}"').encode()


def _card(model: PublicModel, weights: Entry) -> str:
    """Return what is told of a model beside its specification."""
    return (
        f"# {model.hub_name}\n\nServed by the weights {weights.name} ({weights.format}), which"
        f" `outcrop models pull {weights.name}` fetches.\n\nLicence: {weights.licence},"
        f" {weights.licence_url}\n{weights.attribution}\n"
    )


def _rows(model: PublicModel) -> str:
    """Return rows of numbers, what is to be told first, as drawn by the same dice every time."""
    dice = random.Random(model.kind)  # noqa: S311 - no secret
    lines: list[str] = []
    for _ in range(ROWS):
        row = [dice.gauss(0, 1) for _ in range(COLUMNS)]
        value = 2 * row[0] - row[1] + 0.5 * row[2] + dice.gauss(0, 0.1)
        label = str(int(value > 0)) if model.kind == "classification" else f"{value:.4f}"
        lines.append(",".join([label, *(f"{number:.4f}" for number in row)]))
    return "\n".join(lines) + "\n"


def _packed(files: Mapping[str, bytes]) -> bytes:
    """Return a tar.gz that is the same whenever it is made."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as opened:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            opened.addfile(entry, io.BytesIO(content))
    return gzip.compress(archive.getvalue(), mtime=0)


def _as_json(value: Any) -> bytes:
    return json.dumps(value, indent=1).encode()
