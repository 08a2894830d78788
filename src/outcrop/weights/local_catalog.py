"""The operator's own weights: a second catalogue, beside the files."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from outcrop.weights.catalog import Entry
from outcrop.weights.catalog_reader import read_entry
from outcrop.weights.errors import CatalogError
from outcrop.weights.locks import locked
from outcrop.weights.tables import Table


class LocalCatalog:
    """Entries that were added on this machine, in `local.json`."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "local.json"
        self._lock = directory / ".locks" / "local.json.lock"

    def entries(self) -> dict[str, Entry]:
        """Return the entries by name.

        Raises:
            CatalogError: The file was spoilt by hand.
        """
        try:
            document = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except json.JSONDecodeError as error:
            raise CatalogError(f"{self._path} is no JSON: {error}") from error
        tables = Table(document, str(self._path)).tables("weights")
        return {entry.name: entry for entry in map(_read, tables)}

    def add(self, entry: Entry) -> None:
        """Remember an entry, in the place of one of the same name."""
        with locked(self._lock):
            self._write({**self.entries(), entry.name: entry})

    def remove(self, name: str) -> None:
        """Forget an entry; one that is not there is no error."""
        with locked(self._lock):
            entries = self.entries()
            if entries.pop(name, None) is not None:
                self._write(entries)

    def _write(self, entries: dict[str, Entry]) -> None:
        scratch = self._path.with_name(f"{self._path.name}.new")
        with scratch.open("w", encoding="utf-8") as file:
            json.dump({"weights": [_table(entry) for entry in entries.values()]}, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(self._path)


def _read(table: Table) -> Entry:
    location = table.optional_text("location")
    return read_entry(table, location=None if location is None else Path(location))


def _table(entry: Entry) -> dict[str, Any]:
    table = {key: value for key, value in asdict(entry).items() if value not in (None, "", ())}
    table |= {"licence": entry.licence, "licence_url": entry.licence_url}
    table["files"] = [
        {"name": file.name, "size": file.size, "sha256": file.sha256} for file in entry.files
    ]
    if entry.location is not None:
        table["location"] = str(entry.location)
    return table
