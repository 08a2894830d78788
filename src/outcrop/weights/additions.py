"""Makes an entry of a file that an operator has."""

import re
from dataclasses import replace
from pathlib import Path

from outcrop.weights.catalog import Entry, WeightsFile
from outcrop.weights.catalog_reader import entry_name
from outcrop.weights.errors import CatalogError
from outcrop.weights.gguf_header import NotGgufError, read_gguf_header
from outcrop.weights.partial import sha256_of


def describe(
    path: Path, *, name: str | None = None, ability: str | None = None, licence: str = "unknown"
) -> Entry:
    """Return the entry of a file, which it reads to its end.

    Args:
        path: The file; a GGUF tells what it can do, of another one the ability must be given.
        name: What to call it; by default its file's name in small letters.
        ability: `chat`, `embeddings`, ...
        licence: As the operator knows it.

    Raises:
        CatalogError: There is no such file, it is a broken GGUF, its ability is not known, or the
            name is not fit.
    """
    path = path.absolute()
    if not path.is_file():
        raise CatalogError(f"{path} is no file.")
    size = path.stat().st_size
    if size == 0:
        raise CatalogError(f"{path} is empty.")
    entry = Entry(
        name=entry_name(name or _name_of(path)),
        ability=ability or "",
        format=path.suffix.removeprefix(".").lower() or "unknown",
        licence=licence,
        licence_url="",
        files=(WeightsFile(name=path.name, size=size, sha256="0" * 64),),
        location=path,
    )
    entry = _with_header(entry, path)
    # Last, because it takes as long as reading the whole file.
    return replace(entry, files=(replace(entry.files[0], sha256=sha256_of(path)),))


def _with_header(entry: Entry, path: Path) -> Entry:
    if entry.format != "gguf":
        if not entry.ability:
            raise CatalogError(f"{path} does not tell what it can do: say so with `--ability`.")
        return entry
    try:
        header = read_gguf_header(path)
    except NotGgufError as error:
        raise CatalogError(f"{error}.") from error
    return replace(
        entry, ability=entry.ability or header.ability, context_tokens=header.context_tokens
    )


def _name_of(path: Path) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", path.stem.lower()).strip("-._")
