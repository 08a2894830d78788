"""Sizes as people read them."""

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
