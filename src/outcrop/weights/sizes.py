"""Sizes: as people read them, and of folders."""

import os
from pathlib import Path

UNITS = ("B", "kB", "MB", "GB", "TB")


def human_size(size: int) -> str:
    """Return a number of bytes in decimal units, as disks and downloads are labelled."""
    power = 0
    # 999.5 and more would be shown as 1000 of a unit.
    while size >= 999.5 * 1000**power and power < len(UNITS) - 1:
        power += 1
    number = size / 1000**power
    digits = 0 if power == 0 or number >= 99.95 else 1
    return f"{number:.{digits}f} {UNITS[power]}"


def bytes_below(folder: Path) -> int:
    """Return the bytes of all files below a folder in which another program may be at work."""
    # os.walk passes over folders that vanish while it looks; Path.rglob raises for them.
    return sum(_size(Path(parent, name)) for parent, _, names in os.walk(folder) for name in names)


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except FileNotFoundError:
        return 0
