"""The default trainer and its models, in the PyTorch runtime, without a server."""

import base64
import json
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.installed_runtimes import program_environment, runtime_python

PROGRAMS = Path(__file__).parent / "programs"

Ask = Callable[[str], str]


@contextmanager
def answering(program: str) -> Iterator[Ask]:
    """Give what sends a line to a program and returns the line that it answers."""
    command = [str(runtime_python("pytorch")), str(PROGRAMS / program)]
    process = subprocess.Popen(
        command,
        env=program_environment(OMP_NUM_THREADS="1"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def ask(line: str) -> str:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{line}\n")
        process.stdin.flush()
        return process.stdout.readline()

    with process:
        yield ask
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture(scope="session")
def ask_trainer() -> Iterator[Ask]:
    with answering("train_many.py") as ask:
        yield ask


@pytest.fixture(scope="session")
def ask_predictor() -> Iterator[Ask]:
    with answering("predict_many.py") as ask:
        yield ask


@dataclass(frozen=True, slots=True)
class Trained:
    """How a training ended."""

    folder: Path
    exit_code: int
    predictor: Ask = field(repr=False)

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    @property
    def failure(self) -> str:
        return (self.folder / "output/failure").read_text()

    @property
    def model(self) -> Any:
        return json.loads((self.folder / "model/model.json").read_text())

    def answer(
        self, body: str | bytes, content_type: str = "text/csv", accept: str = "text/csv"
    ) -> Mapping[str, str]:
        """Return what the model answers to a request's body."""
        raw = body.encode() if isinstance(body, str) else body
        asked = {
            "folder": str(self.folder / "model"),
            "body": base64.b64encode(raw).decode(),
            "content_type": content_type,
            "accept": accept,
        }
        return json.loads(self.predictor(json.dumps(asked)))

    def labels(self, body: str) -> Sequence[str]:
        """Return what the model predicts for rows of CSV."""
        return self.answer(body)["body"].splitlines()


Train = Callable[..., Trained]


@pytest.fixture
def train(tmp_path: Path, ask_trainer: Ask, ask_predictor: Ask) -> Train:
    """Train on files, by their path below `/opt/ml/input/data`."""

    def run(files: Mapping[str, str | bytes], **hyperparameters: Any) -> Trained:
        for path, content in files.items():
            file = tmp_path / "input/data" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        channels = {path.split("/")[0]: {"S3DistributionType": "FullyReplicated"} for path in files}
        documents: Mapping[str, Any] = {
            "hyperparameters": {name: str(value) for name, value in hyperparameters.items()},
            "inputdataconfig": channels,
            "resourceconfig": {"current_host": "algo-1", "hosts": ["algo-1"]},
        }
        (tmp_path / "input/config").mkdir(parents=True, exist_ok=True)
        for name, document in documents.items():
            (tmp_path / f"input/config/{name}.json").write_text(json.dumps(document))
        return Trained(tmp_path, int(ask_trainer(str(tmp_path))), ask_predictor)

    return run
