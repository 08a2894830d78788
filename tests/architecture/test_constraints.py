"""What an installation brings is pinned, whatever brings it."""

import re
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"([\w.-]+)==\S+")


def plain(name: str) -> str:
    """Return a package's name as indexes compare them."""
    return re.sub(r"[-_.]+", "-", name).lower()


def asked_for() -> Iterator[Requirement]:
    """Give what the project names itself: dependencies, extras and tools."""
    told: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = told["project"]
    extras = {**project["optional-dependencies"], "all": []}
    for group in (project["dependencies"], *extras.values(), *told["dependency-groups"].values()):
        yield from map(Requirement, group)


def brought() -> set[str]:
    """Return the packages that come by these, one by the other, on this Python."""
    found: set[tuple[str, str]] = set()
    waiting = list(asked_for())
    while waiting:
        requirement = waiting.pop()
        for extra in {"", *requirement.extras} - {e for n, e in found if n == requirement.name}:
            found.add((requirement.name, extra))
            for text in metadata.requires(requirement.name) or ():
                needed = Requirement(text)
                if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                    waiting.append(needed)
    return {plain(name) for name, _ in found}


def test_every_package_that_comes_along_is_pinned():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {plain(match[1]) for line in lines if (match := PIN.fullmatch(line))}

    assert brought() - pinned == set()
