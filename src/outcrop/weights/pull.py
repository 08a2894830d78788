"""Fetches what is missing of an entry: source after source, checked, then placed."""

import errno
import shutil
from pathlib import Path

from outcrop.weights.catalog import Entry, WeightsFile
from outcrop.weights.conversions import convert
from outcrop.weights.errors import DiskFullError, EverySourceFailedError, PullError, SourceError
from outcrop.weights.offers import Offer, Offers
from outcrop.weights.partial import PartialFile, is_whole, place, sha256_of
from outcrop.weights.progress import PullProgress, Report
from outcrop.weights.settings import WeightsSettings
from outcrop.weights.sizes import human_size
from outcrop.weights.sources.packages import ArchiveShelf

SPARE_BYTES = 64 << 20
"""Left free on the disk, whatever is pulled."""


class Pull:
    """One pull of one entry, by the process that holds the entry's lock."""

    def __init__(self, settings: WeightsSettings, entry: Entry, report: Report) -> None:
        self._settings = settings
        self._entry = entry
        self._report = report
        self._folder = settings.directory / entry.name
        self._scratch = settings.directory / ".partial" / entry.name
        self._shelf = ArchiveShelf(self._scratch / "archives")
        self._offers = Offers(settings, self._shelf)
        self._placed_bytes = 0

    def run(self) -> None:
        """Place every file that is missing.

        Raises:
            PullError: A file cannot be had, or the disk is full.
        """
        missing = [
            file for file in self._entry.files if not is_whole(self._folder / file.name, file)
        ]
        self._placed_bytes = self._entry.size - sum(file.size for file in missing)
        try:
            self._check_space(missing)
            for file in missing:
                self._pull_file(file)
                self._placed_bytes += file.size
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise DiskFullError(f"The disk of {self._settings.directory} is full.") from error
            raise PullError(f"Could not write {self._entry.name!r}: {error}") from error
        finally:
            self._shelf.close()
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._step("done", 0)

    def _check_space(self, missing: list[WeightsFile]) -> None:
        self._scratch.mkdir(parents=True, exist_ok=True)
        arrived = sum(path.stat().st_size for path in self._scratch.iterdir() if path.is_file())
        needed = sum(_room_for(file) for file in missing) - arrived + SPARE_BYTES
        free = shutil.disk_usage(self._scratch).free
        if missing and needed > free:
            raise DiskFullError(
                f"{self._entry.name!r} needs {human_size(needed)} of room in "
                f"{self._settings.directory}, where {human_size(free)} are free."
            )

    def _pull_file(self, file: WeightsFile) -> None:
        failures: list[tuple[str, str]] = []
        for offer in self._offers.of(self._entry, file):
            try:
                self._accept(offer, file)
            except SourceError as error:
                failures.append((offer.label, str(error)))
            else:
                return
        raise EverySourceFailedError(self._entry.name, file.name, failures)

    def _accept(self, offer: Offer, file: WeightsFile) -> None:
        given = self._fetch_checked(offer)
        target = self._folder / file.name
        if offer.conversion is None:
            place(given, target)
            return
        self._step(f"converting {file.name}", 0)
        converted = self._scratch / "converted"
        convert(offer.conversion, given, converted)
        found = sha256_of(converted)
        if found != file.sha256:
            raise SourceError(f"refused: what the conversion made has the sha256 {found}")
        place(converted, target)

    def _fetch_checked(self, offer: Offer) -> Path:
        """Return the path of what the offer gives, whole and with the sha256 that it must have."""
        with PartialFile(self._scratch / offer.sha256) as partial:
            is_resumed = partial.size > 0
            if partial.size != offer.size:
                offer.fetch(partial, self._step)
            if partial.size == offer.size and partial.sha256 == offer.sha256:
                return partial.path
            partial.discard()
        if is_resumed:  # What was left of an earlier run may be what is wrong.
            return self._fetch_checked(offer)
        raise SourceError(
            f"refused: {partial.size} bytes with the sha256 {partial.sha256} came, "
            f"not {offer.size} with {offer.sha256}"
        )

    def _step(self, step: str, done: int) -> None:
        done += self._placed_bytes
        self._report(PullProgress(self._entry.name, step, done, self._entry.size))


def _room_for(file: WeightsFile) -> int:
    """Return the room that a file takes while it is fetched from the greediest of its sources."""
    return file.size + max((source.scratch_bytes(file.size) for source in file.sources), default=0)
