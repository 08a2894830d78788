"""The licence files that are placed beside weights: package archives often carry none."""

from importlib.resources import files
from pathlib import Path

from outcrop.weights.catalog import Entry

FILE_NAME = "LICENCE.txt"


def licence_text(entry: Entry) -> str:
    """Return what the entry's licence file says: whose weights they are, and the licence."""
    lines = [f"Weights: {entry.name}", f"Licence: {entry.licence} ({entry.licence_url})"]
    if entry.attribution:
        lines.append(f"Attribution: {entry.attribution}")
    text = files("outcrop.weights.licences").joinpath(f"{entry.licence}.txt")
    if text.is_file():
        lines += ["", text.read_text(encoding="utf-8").strip("\n")]
    return "\n".join(lines) + "\n"


def place_licence(entry: Entry, folder: Path) -> None:
    """Write the licence file of an entry into its folder."""
    (folder / FILE_NAME).write_text(licence_text(entry), encoding="utf-8")
