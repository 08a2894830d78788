"""botocore's published protocol cases, fetched once with pip and turned round for a server.

They lie in `tests/unit/protocols` of botocore's source distribution, which the wheel leaves out.
"""

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import botocore
from botocore.model import OperationModel, ServiceModel

from outcrop.protocol.service_models import prepared

CACHE = Path(os.environ.get("OUTCROP_TEST_CACHE") or Path.home() / ".cache" / "outcrop-tests")


@dataclass(frozen=True, kw_only=True)
class Case:
    """One published request or response."""

    id: str
    """File, and the case's own id or its place in the file: `input/rest-json:RestJsonLists`."""
    service_model: ServiceModel = field(repr=False)
    operation: OperationModel = field(repr=False)
    raw: dict[str, Any] = field(repr=False)

    @property
    def protocol(self) -> str:
        """Name of the wire protocol."""
        return str(self.service_model.metadata["protocol"])


def input_cases() -> list[Case]:
    """Return the cases that say which request stands for which parameters."""
    return list(_cases("input", "params"))


def output_cases() -> list[Case]:
    """Return the cases that say which response stands for which result or error."""
    return list(_cases("output", "response"))


def _cases(direction: str, needed: str) -> Iterator[Case]:
    folder = _fetched()
    for kind in ("", "legacy/"):
        for file in sorted((folder / kind / direction).glob("*.json")):
            for place, suite in enumerate(json.loads(file.read_text("utf-8"))):
                for number, raw in enumerate(suite["cases"]):
                    if needed in raw:
                        name = raw.get("id", f"{place}.{number}")
                        yield _case(f"{kind}{direction}/{file.stem}:{name}", suite, raw)


def _case(case_id: str, suite: dict[str, Any], raw: dict[str, Any]) -> Case:
    name = raw["given"].get("name", "OperationName")
    description = {key: value for key, value in suite.items() if key != "cases"}
    service_model = ServiceModel(prepared({**description, "operations": {name: raw["given"]}}))
    operation = service_model.operation_model(name)
    return Case(id=case_id, service_model=service_model, operation=operation, raw=raw)


def _fetched() -> Path:
    folder = CACHE / f"botocore-{botocore.__version__}"
    if not folder.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        _unpack(_downloaded(), folder)
    return folder


def _downloaded() -> Path:
    """Return botocore's source distribution; only pip knows where packages come from here."""
    archive = CACHE / f"botocore-{botocore.__version__}.tar.gz"
    if not archive.is_file():
        wanted = f"botocore=={botocore.__version__}"
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(CACHE)]
        command += ["--no-deps", "--no-binary", "botocore", wanted]
        subprocess.run(command, check=True)
    return archive


def _unpack(archive: Path, folder: Path) -> None:
    unfinished = folder.with_suffix(f".{os.getpid()}")
    inside = f"botocore-{botocore.__version__}/tests/unit/protocols/"
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            if member.isfile() and member.name.startswith(inside):
                target = unfinished / member.name.removeprefix(inside)
                target.parent.mkdir(parents=True, exist_ok=True)
                content = tar.extractfile(member)
                assert content is not None
                target.write_bytes(content.read())
    unfinished.replace(folder)
