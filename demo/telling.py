"""What the demo says between its programs."""

import sys
from pathlib import Path


def say(title: str, program: Path | None = None) -> None:
    """Print a title, and the program that is about to run."""
    print(f"\n\033[1m{title}\033[0m" if sys.stdout.isatty() else f"\n{title}", flush=True)
    if program is not None:
        print("\n".join(f"    {line}" for line in program.read_text().splitlines()), flush=True)
