"""The source tree as its rules see it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "src" / "outcrop"
RUNTIME_PROGRAMS = PACKAGE / "jobs" / "runtimes" / "programs"
CODE = (PACKAGE, *(ROOT / name for name in ("benchmarks", "conformance", "demo", "tools")))
TESTS = ROOT / "tests"


@dataclass(frozen=True, slots=True)
class Source:
    """One file of Python."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        """Its path from the root of the repository."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def tree(self) -> ast.Module:
        """Its syntax."""
        return _tree(self.path)

    def nodes(self) -> Iterator[ast.AST]:
        """Give every node of its syntax."""
        yield from ast.walk(self.tree)


def sources(*folders: Path) -> list[Source]:
    """Return the files in folders, in order."""
    return [
        Source(path, path.read_text(encoding="utf-8"))
        for folder in folders
        for path in sorted(folder.rglob("*.py"))
    ]


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
