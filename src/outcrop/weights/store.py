"""Weights on this machine: what is there, where it lies, and how more of it comes."""

import shutil
from pathlib import Path

from outcrop.weights.catalog import Catalog, Entry
from outcrop.weights.catalog_reader import shipped_catalog
from outcrop.weights.errors import WeightsDamagedError, WeightsMissingError
from outcrop.weights.licences import place_licence
from outcrop.weights.locks import locked
from outcrop.weights.partial import is_placed, sha256_of
from outcrop.weights.progress import PullProgress, Report, silent
from outcrop.weights.pull import Pull
from outcrop.weights.settings import WeightsSettings


class WeightStore:
    """A folder of weights and the catalogue of what may lie in it."""

    def __init__(self, settings: WeightsSettings, catalog: Catalog | None = None) -> None:
        self.settings = settings
        self._catalog = catalog or shipped_catalog()

    def entries(self) -> tuple[Entry, ...]:
        """Return all that the catalogue lists, in its order."""
        return tuple(self._catalog)

    def entry(self, name: str) -> Entry:
        """Return an entry.

        Raises:
            UnknownWeightsError: No entry has this name.
        """
        return self._catalog.entry(name)

    def names(self, name: str) -> tuple[str, ...]:
        """Return the names of a set's entries (`default`, `small`), or the name of one entry.

        Raises:
            UnknownWeightsError: No set and no entry has this name.
        """
        return self._catalog.names(name)

    def folder(self, name: str) -> Path:
        """Return the folder of an entry's files, whether they are there or not.

        Raises:
            UnknownWeightsError: No entry has this name.
        """
        return self.settings.directory / self.entry(name).name

    def is_present(self, name: str) -> bool:
        """Tell whether all files of an entry are on this machine.

        Raises:
            UnknownWeightsError: No entry has this name.
        """
        folder = self.folder(name)
        return all(is_placed(folder, file) for file in self.entry(name).files)

    def path(self, name: str, file: str | None = None) -> Path:
        """Return the path of an entry's first file, or of another one by its name.

        Raises:
            UnknownWeightsError: No entry has this name, or no file of the entry.
            WeightsMissingError: The files are not on this machine.
        """
        if not self.is_present(name):
            raise WeightsMissingError(name)
        return self.folder(name) / (file or self.entry(name).files[0].name)

    def pull(self, name: str, report: Report = silent) -> None:
        """Fetch what is missing of an entry; wait when another process is fetching it.

        Raises:
            UnknownWeightsError: No entry has this name.
            PullError: The files cannot be had; the message names each source and its reason.
        """
        entry = self.entry(name)
        waiting = PullProgress(name, "waiting for another process", 0, entry.size)
        with locked(self._lock(name), on_wait=lambda: report(waiting)):
            Pull(self.settings, entry, report).run()
            place_licence(entry, self.folder(name))

    def remove(self, name: str) -> None:
        """Delete the files of an entry, and what has arrived of it; none is no error.

        Raises:
            UnknownWeightsError: No entry has this name.
        """
        folder = self.folder(name)
        with locked(self._lock(name)):
            shutil.rmtree(folder, ignore_errors=True)
            shutil.rmtree(self.settings.directory / ".partial" / name, ignore_errors=True)

    def verify(self, name: str) -> None:
        """Read all files of an entry and compare them with the catalogue.

        Raises:
            UnknownWeightsError: No entry has this name.
            WeightsMissingError: The files are not on this machine.
            WeightsDamagedError: A file has another sha256.
        """
        if not self.is_present(name):
            raise WeightsMissingError(name)
        folder = self.folder(name)
        for file in self.entry(name).files:
            found = sha256_of(folder / file.name)
            if found != file.sha256:
                raise WeightsDamagedError(
                    f"{folder / file.name} has the sha256 {found}, not {file.sha256}: run "
                    f"`outcrop models remove {name}` and pull it again."
                )

    def _lock(self, name: str) -> Path:
        return self.settings.directory / ".locks" / f"{name}.lock"
