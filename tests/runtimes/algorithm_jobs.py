"""Jobs of algorithms without a server: their folders, what they leave, what models say."""

import base64
import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.installed_runtimes import program_environment, runtime_python

PROGRAM = Path(__file__).parent / "programs" / "algorithm.py"
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",  # As the runtime has it: who spins takes time from others.
    "PYTHONWARNINGS": "ignore",
}

Content = str | bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AlgorithmJob:
    """A job, and what its model is asked."""

    files: Mapping[str, Content]
    """By their path below `/opt/ml/input/data`."""
    hyperparameters: Mapping[str, Any]
    content_types: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of channels."""
    pipes: Sequence[str] = ()
    """Channels that are read as a pipe, whose content is `<channel>_0`."""
    host: str = "algo-1"
    hosts: Sequence[str] = ("algo-1",)
    """All instances; of several each has files of its own."""
    asked: Sequence[tuple[Content, str, str]] = ()
    """Bodies, their content types, and what is accepted."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended."""

    folder: Path
    code: int
    answers: Sequence[str]
    log: str

    @property
    def failure(self) -> str:
        return (self.folder / "output/failure").read_text()

    def metrics(self, pattern: str) -> Sequence[float]:
        return [float(found) for found in re.findall(pattern, self.log)]


def run_jobs(
    folder: Path,
    jobs: Mapping[str, AlgorithmJob],
    *,
    runtime: str,
    module: str,
    framework: str,
    environment: Mapping[str, str] | None = None,
) -> Mapping[str, Ended]:
    """Run all jobs in one process: most of the time goes to starting it."""
    lines: list[str] = []
    for name, job in jobs.items():
        _lay_out(folder / name, job)
        asked = [(_packed(body), content_type, accept) for body, content_type, accept in job.asked]
        lines.append(json.dumps({"folder": str(folder / name), "asked": asked}))
    done = subprocess.run(
        [runtime_python(runtime), PROGRAM, module, framework],
        env=program_environment(**ENVIRONMENT, **environment or {}),
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    logs = re.split(r"^case .*\n", done.stdout, flags=re.MULTILINE)[1:]
    ended: dict[str, Ended] = {}
    for name, log in zip(jobs, logs, strict=True):
        code, answers = json.loads((folder / name / "told.json").read_text())
        ended[name] = Ended(folder / name, code, answers, log)
    return ended


def _lay_out(folder: Path, job: AlgorithmJob) -> None:
    for path, content in job.files.items():
        file = folder / "input/data" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    documents: Mapping[str, Any] = {
        "hyperparameters": {name: str(value) for name, value in job.hyperparameters.items()},
        "inputdataconfig": {
            name: {
                "ContentType": job.content_types.get(name, ""),
                "TrainingInputMode": "Pipe" if name in job.pipes else "File",
                "S3DistributionType": (
                    "ShardedByS3Key" if len(job.hosts) > 1 else "FullyReplicated"
                ),
            }
            for name in (*{path.split("/")[0] for path in job.files if "/" in path}, *job.pipes)
        },
        "resourceconfig": {"current_host": job.host, "hosts": job.hosts},
    }
    (folder / "input/config").mkdir(parents=True)
    for name, document in documents.items():
        (folder / f"input/config/{name}.json").write_text(json.dumps(document))


def _packed(body: Content) -> str:
    return base64.b64encode(body.encode() if isinstance(body, str) else body).decode()
