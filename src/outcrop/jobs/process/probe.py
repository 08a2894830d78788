"""Tells how programs can be isolated on this machine, by running one."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from outcrop.jobs.process.folder import RunFolder
from outcrop.jobs.process.sandbox import SANDBOXES, Isolation


class NoSandboxError(Exception):
    """The kernel gives no namespaces; the message is its own."""


def isolation_here() -> Isolation:
    """Return how a program is isolated here.

    Raises:
        NoSandboxError: Not at all.
    """
    limits = dict.fromkeys(("cpus", "memory_bytes", "processes", "disk_bytes", "seconds"))
    program = {
        "command": ["true"],
        "environment": {"PATH": "/usr/bin:/bin"},
        "directory": "/",
        "host_name": "algo-1",
        "hosts": {},
        "mounts": [],
        "hidden": [],
        "has_network": True,
        "peers": [],
        "isolations": SANDBOXES,
        "owner": None,
        "limits": {**limits, "grace_seconds": 0, "output_bytes": 0},
    }
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        run = RunFolder(Path(folder) / "probe")
        run.path.mkdir()
        (run.path / "program.json").write_text(json.dumps(program), encoding="utf-8")
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
