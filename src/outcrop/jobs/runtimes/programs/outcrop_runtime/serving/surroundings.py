"""Where a model server finds what, and what it is told.

Source: https://github.com/aws/sagemaker-inference-toolkit (its environment and parameters)
"""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = "/opt/ml"
PROGRAM = "inference.py"
"""The user's module, if nothing names another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the environment says."""

    model: Path
    code: Path
    """Of the user's module, which need not be there."""
    module: str
    sockets: Path
    """Worker 0 listens on `0.sock` in this folder."""
    workers: int
    default_accept: str
    """What answers are, where the client does not say; empty: as the framework has it."""
    time_limit_seconds: float
    """A worker whose request takes longer is replaced; less than 1: never."""
    models: Path
    """Where many models lie, each in the folder `model` of one of its own."""
    has_many_models: bool
    keeps_models: bool
    """Whether those that were asked stay loaded."""
    memory_bytes: int
    """Of all workers together; of meaning where there are many models."""

    @classmethod
    def read(cls) -> "Surroundings":
        """Read the environment."""
        root = Path(os.environ.get("SAGEMAKER_BASE_DIR", ROOT))
        program = os.environ.get("SAGEMAKER_PROGRAM") or PROGRAM
        return cls(
            model=root / "model",
            code=_code(root),
            module=program.removesuffix(".py").replace("/", "."),
            sockets=Path(os.environ["OUTCROP_SOCKETS"]),
            workers=int(os.environ.get("OUTCROP_WORKERS", "1")),
            default_accept=os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", ""),
            time_limit_seconds=float(os.environ.get("OUTCROP_TIME_LIMIT", "0")),
            models=root / "models",
            has_many_models=os.environ.get("SAGEMAKER_MULTI_MODEL") == "true",
            keeps_models=os.environ.get("OUTCROP_MODEL_CACHE", "1") == "1",
            memory_bytes=int(os.environ.get("OUTCROP_MEMORY", "0")),
        )

    def socket(self, worker: int) -> Path:
        """Return where a worker listens."""
        return self.sockets / f"{worker}.sock"

    def code_in(self, model: Path) -> Path:
        """Return the folder of the user's code of one of many models."""
        is_within = self.code.is_relative_to(self.model)
        return model / self.code.relative_to(self.model) if is_within else self.code


def _code(root: Path) -> Path:
    """Return the folder of the user's code.

    What a submit directory of S3 holds lies in `/opt/ml/code` before the server starts.
    """
    given = os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY", "").strip('"')
    if given.startswith("s3://"):
        return root / "code"
    if given.removeprefix("file://").startswith("/"):
        return Path(given.removeprefix("file://"))
    return root / "model" / "code"
