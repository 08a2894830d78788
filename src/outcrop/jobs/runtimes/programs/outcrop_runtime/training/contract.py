"""What a training container finds and leaves below /opt/ml.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Channel:
    """A named set of files."""

    name: str
    folder: Path
    is_sharded: bool = False
    """Whether other instances have other files."""
    content_type: str = ""
    is_pipe: bool = False
    """Whether it is a named pipe, not a folder."""

    def files(self) -> Sequence[Path]:
        """Return its files in order; those whose names begin with `.` or `_` are no data."""
        return [
            path
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not path.name.startswith((".", "_"))
        ]


@dataclass(frozen=True, slots=True)
class Job:
    """The job of this instance."""

    root: Path

    @classmethod
    def here(cls) -> "Job":
        """Return the job that this process is for."""
        return cls(Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")))

    @property
    def model(self) -> Path:
        """Where the model goes."""
        return self.root / "model"

    @property
    def host(self) -> str:
        """The name of this instance."""
        return str(self._document("resourceconfig")["current_host"])

    @property
    def hosts(self) -> Sequence[str]:
        """The names of all instances, in one order everywhere."""
        return sorted(self._document("resourceconfig")["hosts"], key=_number)

    @property
    def hyperparameters(self) -> Mapping[str, str]:
        """What the job was given."""
        return self._document("hyperparameters")

    def channels(self) -> Mapping[str, Channel]:
        """Return the channels by name."""
        return {
            name: Channel(
                name,
                self.root / "input/data" / name,
                is_sharded=one.get("S3DistributionType") == "ShardedByS3Key",
                content_type=one.get("ContentType", ""),
                is_pipe=one.get("TrainingInputMode") == "Pipe",
            )
            for name, one in self._document("inputdataconfig").items()
        }

    def fail(self, message: str) -> None:
        """Leave the reason of a failure."""
        path = self.root / "output/failure"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(message, encoding="utf-8")

    def _document(self, name: str) -> Mapping[str, Any]:
        path = self.root / f"input/config/{name}.json"
        return json.loads(path.read_text(encoding="utf-8"))


def _number(host: str) -> tuple[int, str]:
    """Return what sorts algo-10 behind algo-9."""
    number = host.rpartition("-")[2]
    return (int(number) if number.isdecimal() else 0, host)
