"""Environments of their own for unmodified clients: they pin other versions than the server's.

Each is made once for each state of its `requirements.txt`, in the user's cache.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

CACHE = Path.home() / ".cache" / "outcrop-tests"


def client_environment(name: str, requirements: Path) -> Path:
    """Return the folder of a virtual environment with what a file requires."""
    version = "".join(map(str, sys.version_info[:2]))
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    folder = CACHE / f"{name}-{version}-{digest}"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = ["-m", "pip", "install", "--quiet", "--requirement", requirements]
        subprocess.run([folder / "bin" / "python", *install], check=True)
        (folder / "complete").touch()
    return folder
