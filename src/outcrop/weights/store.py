"""Weights on this machine: what is there, where it lies, and how more of it comes."""

import shutil
from dataclasses import replace
from pathlib import Path

from outcrop.weights.additions import describe
from outcrop.weights.catalog import Catalog, Entry, WeightsFile
from outcrop.weights.catalog_reader import shipped_catalog
from outcrop.weights.errors import (
    UnknownFileError,
    WeightsDamagedError,
    WeightsExistError,
    WeightsMissingError,
)
from outcrop.weights.licences import place_licence
from outcrop.weights.local_catalog import LocalCatalog
from outcrop.weights.locks import locked
from outcrop.weights.partial import copy_placed, is_whole, sha256_of
from outcrop.weights.progress import PullProgress, Report, silent
from outcrop.weights.pull import Pull
from outcrop.weights.settings import WeightsSettings


class WeightStore:
    """A folder of weights and the catalogue of what may lie in it.

    Every method that takes a name raises `UnknownWeightsError` when no entry has it. Methods read
    and write files, and block: an event loop calls them in a thread.
    """

    def __init__(self, settings: WeightsSettings, catalog: Catalog | None = None) -> None:
        self.settings = settings
        self._shipped = catalog or shipped_catalog()
        self._local = LocalCatalog(settings.directory)

    def entries(self) -> tuple[Entry, ...]:
        """Return all entries: those of the catalogue in its order, then those that were added."""
        return tuple(self._catalog())

    def sets(self) -> dict[str, tuple[str, ...]]:
        """Return the names of the entries of each set."""
        return dict(self._shipped.sets)

    def entry(self, name: str) -> Entry:
        """Return an entry."""
        return self._catalog().entry(name)

    def names(self, name: str) -> tuple[str, ...]:
        """Return the names of a set's entries (`default`, `small`), or the name of one entry."""
        return self._catalog().names(name)

    def is_present(self, name: str) -> bool:
        """Tell whether all files of an entry are on this machine, by their sizes."""
        return self._is_present(self.entry(name))

    def path(self, name: str, file: str | None = None) -> Path:
        """Return the path of an entry's first file, or of another one by its name.

        Raises:
            UnknownFileError: The entry has no such file.
            WeightsMissingError: The files are not on this machine.
        """
        entry = self.entry(name)
        if not self._is_present(entry):
            raise WeightsMissingError(name, entry.location)
        for each in entry.files:
            if file in (None, each.name):
                return self._place(entry, each)
        raise UnknownFileError(f"The weights {name!r} have no file {file!r}.")

    def pull(self, name: str, report: Report = silent) -> None:
        """Fetch what is missing of an entry; wait when another process is fetching it.

        Raises:
            PullError: The files cannot be had; the message names each source and its reason.
        """
        entry = self.entry(name)
        if self._is_present(entry):
            return
        if entry.location is not None:
            raise WeightsMissingError(name, entry.location)
        waiting = PullProgress(name, "waiting for another process", 0, entry.size)
        with locked(self._lock(name), on_wait=lambda: report(waiting)):
            Pull(self.settings, entry, report).run()
            place_licence(entry, self._folder(entry))

    def add(
        self,
        path: Path,
        *,
        name: str | None = None,
        ability: str | None = None,
        licence: str = "unknown",
        copy: bool = False,
    ) -> Entry:
        """Record a file of the operator's own, and return its entry.

        The file stays where it is unless it is copied among the other weights.

        Raises:
            CatalogError: The file is not there or not fit; see `describe`.
            WeightsExistError: Another entry has the name.
        """
        entry = describe(path, name=name, ability=ability, licence=licence)
        with locked(self._lock(entry.name)):
            if entry.name in self._catalog().by_name:
                raise WeightsExistError(
                    f"Weights called {entry.name!r} are there already: give another `--name`."
                )
            if copy:
                entry = replace(entry, location=None)
                copy_placed(path, self._place(entry, entry.files[0]))
            self._local.add(entry)
        return entry

    def remove(self, name: str) -> None:
        """Delete the files of an entry and what has arrived of it; none is no error.

        An entry that was added is forgotten; its file is deleted if it is our own copy.
        """
        entry = self.entry(name)
        with locked(self._lock(name)):
            shutil.rmtree(self._folder(entry), ignore_errors=True)
            shutil.rmtree(self.settings.directory / ".partial" / name, ignore_errors=True)
            self._local.remove(name)

    def verify(self, name: str) -> None:
        """Read all files of an entry and compare them with the catalogue.

        Raises:
            WeightsMissingError: The files are not on this machine.
            WeightsDamagedError: A file has another sha256.
        """
        entry = self.entry(name)
        if not self._is_present(entry):
            raise WeightsMissingError(name, entry.location)
        for file in entry.files:
            path = self._place(entry, file)
            found = sha256_of(path)
            if found != file.sha256:
                raise WeightsDamagedError(
                    f"{path} has the sha256 {found}, not {file.sha256}: run "
                    f"`outcrop models remove {name}` and have it again."
                )

    def _catalog(self) -> Catalog:
        # Read anew each time: another process may have added weights.
        return Catalog({**self._shipped.by_name, **self._local.entries()}, self._shipped.sets)

    def _is_present(self, entry: Entry) -> bool:
        return all(is_whole(self._place(entry, file), file) for file in entry.files)

    def _place(self, entry: Entry, file: WeightsFile) -> Path:
        return entry.location or self._folder(entry) / file.name

    def _folder(self, entry: Entry) -> Path:
        return self.settings.directory / entry.name

    def _lock(self, name: str) -> Path:
        return self.settings.directory / ".locks" / f"{name}.lock"
