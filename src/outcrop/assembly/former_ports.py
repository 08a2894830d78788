"""Ports at which programs know the server that were started when it listened elsewhere."""

import json
from collections.abc import Sequence
from pathlib import Path

PORTS = Path("jobs", "ports.json")
"""Below the data folder: all that a program may know that still runs."""
RUNS = (Path("jobs", "runs"), Path("jobs", "ray"))


def former_ports(data: Path, port: int) -> Sequence[int]:
    """Return where else programs look for the server, and remember where it is from now on.

    Args:
        data: The data folder.
        port: Where the server is from now on.
    """
    path = data / PORTS
    known: list[int] = []
    if path.exists() and any(_is_used(data / runs) for runs in RUNS):
        known = json.loads(path.read_text(encoding="ascii"))
    former = [number for number in known if number != port]
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps([*former, port]), encoding="ascii")
    draft.replace(path)
    return former


def _is_used(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())
