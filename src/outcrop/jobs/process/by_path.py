"""What a program finds where there are no namespaces for it: its files, at other paths.

The paths in its command and its environment are rewritten; what it has in its own code is not.
Nothing keeps it from the rest of the machine but the rights of the user that it runs as.
"""

import json
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from outcrop.jobs.process.sandbox import Layout

TEMPORARY = "/tmp"  # noqa: S108 - to be replaced by a folder of the program's own

NAMES = Path(__file__).with_name("names")
"""Where Python programs find their start-up file."""


def by_path(layout: Layout, program: Mapping[str, Any]) -> dict[str, Any]:
    """Lay out a program's files, and return the program as it finds them.

    Raises:
        OSError: It needs what only namespaces give.
    """
    if not layout.has_network:
        raise OSError("without namespaces no program can be cut off from the network")
    if len(layout.hosts) > 1:
        raise OSError("without namespaces the instances of a job do not find one another by name")
    temporary = layout.folder / "tmp"
    temporary.mkdir(exist_ok=True)
    places = _places(layout)
    environment = {
        name: str(temporary) if value == TEMPORARY else _rewritten(value, places)
        for name, value in program["environment"].items()
    }
    return {
        **program,
        "command": [_rewritten(word, places) for word in program["command"]],
        "directory": _rewritten(program["directory"], places),
        "environment": {**environment, "TMPDIR": str(temporary), **_packages(layout, environment)},
    }


def _places(layout: Layout) -> dict[PurePosixPath, Path]:
    """Return where what a program finds at some paths really is; mounts within mounts are links."""
    places: dict[PurePosixPath, Path] = {}
    for number, item in enumerate(sorted(layout.mounts, key=lambda item: item["target"])):
        target = PurePosixPath(item["target"])
        source = _own(item, layout.folder / "private" / str(number))
        above = next((place for place in places if target.is_relative_to(place)), None)
        if above is None:
            places[target] = source
        else:
            _link(places[above] / target.relative_to(above), source)
    return places


def _own(item: Mapping[str, Any], folder: Path) -> Path:
    """Return a mount's files: a copy of what the program may write to but not change.

    An environment stays where it is, as its programs name its path: see `_packages`.
    """
    source = Path(item["source"])
    if item["access"] != "private" or item["target"] == item["source"]:
        return source
    return Path(shutil.copytree(source, folder, symlinks=True, dirs_exist_ok=True))


def _link(path: Path, target: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    if not path.is_symlink():
        path.symlink_to(target)


def _packages(layout: Layout, environment: Mapping[str, str]) -> dict[str, str]:
    """Return what has pip leave the shared environment alone, and Python find the own host."""
    folder = str(layout.folder / "private" / "packages")
    paths = filter(None, (str(NAMES), folder, environment.get("PYTHONPATH")))
    return {
        "OUTCROP_HOSTS": json.dumps(layout.hosts),
        "PIP_TARGET": folder,
        "PYTHONPATH": os.pathsep.join(paths),
    }


def _rewritten(text: str, places: Mapping[PurePosixPath, Path]) -> str:
    """Return a text in which whole paths below some places are where they really are."""
    if not places:
        return text
    real = {str(target): str(place) for target, place in places.items()}
    # In one go: where something really is may lie below another place.
    targets = "|".join(re.escape(target) for target in sorted(real, reverse=True))
    return re.sub(rf"(?<![\w./-])({targets})(?![\w.-])", lambda match: real[match[1]], text)
