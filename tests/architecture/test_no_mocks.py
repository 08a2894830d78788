"""Tests run the real thing."""

import ast

from tests.architecture.sources import TESTS, sources

DOUBLES = ("unittest.mock", "mock", "pytest_mock", "moto")


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def test_no_test_replaces_a_part_by_a_double() -> None:
    replacing = {
        source.name
        for source in sources(TESTS)
        for node in source.nodes()
        for name in imported(node)
        if name.startswith(tuple(f"{double}." for double in DOUBLES)) or name in DOUBLES
    }

    assert replacing == set()
