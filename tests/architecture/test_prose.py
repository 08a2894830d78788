"""What every file says of itself, and what no file says."""

import ast
import re

from tests.architecture.sources import CODE, PACKAGE, sources

USER_PROGRAMS = ("demo/invoke_model.py", "demo/train_and_deploy.py")
"""As a user wrote them."""
MOST_LINES = 500


def test_every_module_begins_with_what_is_inside() -> None:
    silent = [
        source.name
        for source in sources(*CODE)
        if source.text.strip()
        and source.name not in USER_PROGRAMS
        and ast.get_docstring(source.tree) is None
    ]

    assert silent == []


def test_no_file_is_too_long_to_read_in_one_sitting() -> None:
    lines = {source.name: source.text.count("\n") for source in sources(PACKAGE)}

    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_a_debt_names_its_issue() -> None:
    debt = re.compile(r"#.*\b(?:TODO|FIXME|XXX)\b(?!.*#\d+)")

    assert [source.name for source in sources(*CODE) if debt.search(source.text)] == []
