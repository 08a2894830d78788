"""Tells how programs can be isolated on this machine, by running one."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from outcrop.jobs.interface import Program
from outcrop.jobs.process.folder import RunFolder
from outcrop.jobs.process.runner import as_document
from outcrop.jobs.process.sandbox import SANDBOXES, Isolation


class NoSandboxError(Exception):
    """The kernel gives no namespaces; the message is its own."""


def isolation_here() -> Isolation:
    """Return how a program is isolated here.

    Raises:
        NoSandboxError: Not at all.
    """
    program = Program(
        command=["true"],
        environment={"PATH": "/usr/bin:/bin"},
        directory="/",
        host_name="algo-1",
    )
    how = {"isolations": SANDBOXES, "owner": None, "gpus": None}
    document = {**as_document(program), **how}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        run = RunFolder(Path(folder) / "probe")
        run.path.mkdir()
        (run.path / "program.json").write_text(json.dumps(document), encoding="utf-8")
        done = subprocess.run(  # noqa: S603 - a program of our own
            [sys.executable, "-m", "outcrop.jobs.process.keeper", run.path],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise NoSandboxError(done.stderr.strip())
        isolation: Isolation = (run.read("keeper") or {})["isolation"]
        return isolation
