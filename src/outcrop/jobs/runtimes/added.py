"""Runtimes of the operator's own: a file like the catalogue, written by `outcrop runtimes add`."""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

FILE = "runtimes.toml"
"""Its name, in the folder of a server's data."""
NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
KEYS = frozenset(
    (
        "title",
        "extends",
        "folder",
        "repositories",
        "packages",
        "packages_without_dependencies",
        "train",
        "algorithm",
        "algorithm_metrics",
        "serve",
        "environment",
    )
)
MAPS = ("algorithm_metrics", "environment")
TEXTS = ("title", "extends", "folder")


class CatalogError(Exception):
    """What a file says is no runtime; the message says why."""


def read(path: Path) -> Mapping[str, Mapping[str, Any]]:
    """Return the entries of a file by name; none if it is not there.

    Raises:
        CatalogError: It is no TOML, or an entry is no runtime.
    """
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogError(f"{path} is not TOML: {error}") from error
    for name, entry in entries.items():
        try:
            check(name, entry)
        except CatalogError as error:
            raise CatalogError(f"{path}: {error}") from error
    return entries


def check(name: str, entry: Any) -> None:
    """Raise `CatalogError` unless an entry is a runtime's."""
    if not NAME.fullmatch(name):
        raise CatalogError(f"{name!r} is no name: it must be of a-z, 0-9 and -.")
    if not isinstance(entry, dict):
        raise CatalogError(f"{name} is no table.")
    given = cast("Mapping[str, Any]", entry)
    for key, value in given.items():
        if key not in KEYS:
            raise CatalogError(f"{name} has {key}, which no runtime has.")
        if not isinstance(value, str if key in TEXTS else dict if key in MAPS else list):
            raise CatalogError(f"{name}: {key} is of another kind.")
    if not given.get("repositories"):
        raise CatalogError(f"{name} has no repositories: no image would stand for it.")
    if ("folder" in given) == ("extends" in given):
        raise CatalogError(f"{name} must either extend a runtime or have a folder.")
    if "folder" in given and not Path(given["folder"]).is_absolute():
        raise CatalogError(f"{name}: the folder must be an absolute path.")


def write(path: Path, entries: Mapping[str, Mapping[str, Any]]) -> None:
    """Write entries whole or not at all; comments of an earlier file are lost."""
    text = "\n".join(_table(name, entry) for name, entry in entries.items())
    path.parent.mkdir(parents=True, exist_ok=True)
    begun = path.with_name(f"{path.name}.begun-{os.getpid()}")
    begun.write_text(text, encoding="utf-8")
    begun.replace(path)


def _table(name: str, entry: Mapping[str, Any]) -> str:
    lines = [f"[{name}]"]
    lines += [f"{key} = {_value(value)}" for key, value in entry.items()]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    """Return a value as TOML: texts and lists of them look like JSON's."""
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, str]", value)
        inside = ", ".join(f"{_value(key)} = {_value(one)}" for key, one in pairs.items())
        return f"{{{inside}}}"
    return json.dumps(value, ensure_ascii=False)
