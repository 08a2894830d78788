"""Programs of SageMaker's SDKs: unmodified, under `outcrop run`, in environments of their own."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

IMPATIENT = Path(__file__).with_name("impatient.py")
"""The SDKs' own pauses would be most of the time that their programs take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SdkPrograms:
    """The programs of a folder, run as one account of one server."""

    environment: Path
    """The virtual environment that has the SDK."""
    folder: Path
    port: int
    account: str

    def __call__(self, name: str, *arguments: str) -> tuple[str, Any]:
        """Run a program; give all that it prints, and the JSON of its last line."""
        command = [sys.executable, "-m", "outcrop", "run"]
        command += ["--port", str(self.port), "--account", self.account, "--"]
        command += [str(self.environment / "bin" / "python"), str(IMPATIENT)]
        command += [str(self.folder / name), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        return done.stdout, json.loads(done.stdout.splitlines()[-1])
