"""The ordinary clients of package registries: how they are asked for an archive, and what they say.

They find their index, proxy and certificates where they always do; nothing of a package is run.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from outcrop.weights.catalog import PackageSource, Registry
from outcrop.weights.errors import SourceError
from outcrop.weights.sizes import bytes_below

SECONDS_BETWEEN_REPORTS = 0.2
LOG_NAME = "client.log"


@dataclass(frozen=True, slots=True)
class RegistryClient:
    """One client."""

    command: Callable[[PackageSource, int, Path], Sequence[str]]
    """Builds the command that leaves one archive, and all else that it writes, in a folder."""
    reason: Callable[[Sequence[str]], str]
    """Finds in the lines that it printed why it failed."""

    def download(
        self, source: PackageSource, part: int, folder: Path, report: Callable[[int], None]
    ) -> Path:
        """Return the archive that holds a part, downloaded into an empty folder.

        Args:
            source: Where the archive comes from.
            part: Which one of its archives.
            folder: For this download alone.
            report: Told how many bytes of the archive, and of copies of it, have arrived.

        Raises:
            SourceError: The client is not there, or it failed.
        """
        if _run(self.command(source, part, folder), folder, report) != 0:
            said = (folder / LOG_NAME).read_text("utf-8", "replace").splitlines()
            lines = [line.strip() for line in said if line.strip()]
            raise SourceError(self.reason(lines) or f"{source.registry} failed without a word")
        archives = [path for path in folder.iterdir() if path.suffix in {".whl", ".tgz"}]
        if len(archives) != 1:
            raise SourceError(f"the client left {len(archives)} archives for {source}")
        return archives[0]


def _run(command: Sequence[str], folder: Path, report: Callable[[int], None]) -> int:
    report(0)
    with (folder / LOG_NAME).open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - a fixed client and a pinned name, no shell
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder
        )
        try:
            while _is_running(process):
                report(bytes_below(folder))
        except BaseException:
            process.kill()
            process.wait()
            raise
    return process.returncode


def _is_running(process: "subprocess.Popen[bytes]") -> bool:
    try:
        process.wait(SECONDS_BETWEEN_REPORTS)
    except subprocess.TimeoutExpired:
        return True
    return False


def _pip_command(source: PackageSource, part: int, folder: Path) -> Sequence[str]:
    if find_spec("pip") is None:
        raise SourceError("pip is not installed beside Outcrop (`python -m ensurepip` adds it)")
    platform = ["--platform", source.platform] if source.platform else []
    # pip writes to its temporary folder while it downloads: it is told to use ours, and not to
    # look for its own modules there.
    return [
        "env", f"TMPDIR={folder}", sys.executable, "-P", "-m", "pip", "download",
        "--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input", "--quiet",
        "--disable-pip-version-check", *platform, "--dest", str(folder),
        source.distribution_of(part),
    ]  # fmt: skip


def _pip_reason(lines: Sequence[str]) -> str:
    broken = [line for line in lines if "connection broken by" in line]
    if broken:  # pip itself only says that it found no distribution.
        return f"pip does not reach its index: {broken[-1].partition('connection broken by ')[2]}"
    errors = [line for line in lines if line.startswith("ERROR:")]
    return (errors or list(lines) or [""])[-1].removeprefix("ERROR: ")


def _npm_command(source: PackageSource, part: int, folder: Path) -> Sequence[str]:
    if shutil.which("npm") is None:
        raise SourceError("npm is not installed")
    return [
        "npm", "pack", "--ignore-scripts", "--loglevel", "error", "--cache", str(folder / "cache"),
        "--pack-destination", str(folder), source.distribution_of(part),
    ]  # fmt: skip


def _npm_reason(lines: Sequence[str]) -> str:
    said = [line.removeprefix("npm error ") for line in lines]
    codes = ("code ", "syscall ", "errno ")
    return next((line for line in said if not line.startswith(codes)), "")


CLIENTS: Mapping[Registry, RegistryClient] = {
    "pypi": RegistryClient(_pip_command, _pip_reason),
    "npm": RegistryClient(_npm_command, _npm_reason),
}
