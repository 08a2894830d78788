"""What can go wrong with weights.

WeightsError
├── CatalogError             the catalogue itself is not as it must be
├── UnknownWeightsError      no entry has the name
├── WeightsMissingError      the entry is there, its files are not
├── WeightsDamagedError      a file does not have the sha256 that it should have
├── WeightsExistError        the name is taken
└── PullError                the files could not be had
    └── DiskFullError
SourceError                  one source failed; the next one is tried
"""

from collections.abc import Sequence
from pathlib import Path


class WeightsError(Exception):
    """Something about weights failed; the message says what to change."""


class CatalogError(WeightsError):
    """A catalogue does not say what it must, or says what nobody understands."""


class UnknownWeightsError(WeightsError):
    """No entry and no set of the catalogue has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"No weights are called {name!r}; `outcrop models list` shows the names that are."
        )
        self.name = name


class UnknownFileError(WeightsError):
    """An entry has no file of this name."""


class WeightsMissingError(WeightsError):
    """The catalogue knows the weights, but their files are not on this machine."""

    def __init__(self, name: str, location: Path | None = None) -> None:
        super().__init__(
            f"The weights {name!r} are not on this machine: run `outcrop models pull {name}`."
            if location is None
            else f"The weights {name!r} were added from {location}, which is gone or has changed."
        )
        self.name = name


class WeightsDamagedError(WeightsError):
    """Files on the disk are not what the catalogue says; the message names them."""


class WeightsExistError(WeightsError):
    """Weights of this name are already there."""


class SourceError(Exception):
    """One source could not give a file; the message is a reason, short enough for a list."""


class PullError(WeightsError):
    """No source could give the weights."""


class DiskFullError(PullError):
    """The disk has no room for the weights."""


class EverySourceFailedError(PullError):
    """Each source of a file failed, for its own reason."""

    def __init__(self, name: str, file_name: str, failures: Sequence[tuple[str, str]]) -> None:
        lines = "".join(f"\n  {source}: {reason}" for source, reason in failures)
        super().__init__(f"Could not pull {name!r}: no source gave {file_name}.{lines}")
        self.name = name
        self.failures = tuple(failures)
