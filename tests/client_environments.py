"""Environments of their own for unmodified clients: they pin other versions than the server's.

Each is made once for each state of its `requirements.txt`, in the user's cache.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TypeAlias

NEWEST = 14
"""The last minor version of Python that is looked for."""
CACHE = Path.home() / ".cache" / "outcrop-tests"


Version: TypeAlias = tuple[int, int]
THIS: Version = sys.version_info[:2]


def interpreter_of(at_least: Version) -> tuple[Path, Version] | None:
    """Return a Python of this machine that is new enough, with its version, if there is one."""
    if at_least <= THIS:
        return Path(sys.executable), THIS
    for minor in range(at_least[1], NEWEST + 1):
        found = shutil.which(f"python3.{minor}")
        # A name in the path may be a shim of a version that is not there.
        if (
            found
            and subprocess.run([found, "-V"], check=False, capture_output=True).returncode == 0
        ):
            return Path(found), (3, minor)
    return None


def client_environment(
    name: str, requirements: Path, *, interpreter: Path | None = None, version: Version = THIS
) -> Path:
    """Return the folder of a virtual environment with what a file requires.

    Args:
        name: Of the environment.
        requirements: The file.
        interpreter: Which Python it has; `None`: the one that runs the tests.
        version: Of the interpreter.
    """
    tag = "".join(map(str, version))
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    folder = CACHE / f"{name}-{tag}-{digest}"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([interpreter or sys.executable, "-m", "venv", folder], check=True)
        install = ["-m", "pip", "install", "--quiet", "--requirement", requirements]
        subprocess.run([folder / "bin" / "python", *install], check=True)
        (folder / "complete").touch()
    return folder
