"""Tables that fit the terminal."""

from collections.abc import Sequence

from rich.console import Console

GAP = 2
"""Spaces between columns."""


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print as many columns as a terminal has room for, and all of them elsewhere; cut nothing."""
    console = Console(highlight=False)
    widths = [max(len(cell) for cell in cells) for cells in zip(columns, *rows, strict=True)]
    shown = len(columns)
    while console.is_terminal and shown > 1 and sum(widths[:shown]) + GAP * shown > console.width:
        shown -= 1
    for row in (columns, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row[:shown], widths, strict=False))
        console.print((" " * GAP).join(cells).rstrip(), soft_wrap=True, markup=False)
