"""Files, classes and handlers are named for what they are."""

import ast
import re

from botocore import xform_name

from tests.architecture.sources import CODE, PACKAGE, TESTS, sources

UNDECIDED = ("util", "utils", "helper", "helpers", "common", "misc", "base", "manager", "handler2")


def words(name: str) -> list[str]:
    return re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)


def test_no_file_has_a_name_that_says_nothing() -> None:
    named = {source.name: source.path.stem for source in sources(*CODE, TESTS)}
    folders = {source.name: source.path.parent.name for source in sources(*CODE, TESTS)}

    undecided = [name for name, stem in named.items() if stem.strip("_") in UNDECIDED]
    undecided += [name for name, folder in folders.items() if folder in UNDECIDED]

    assert undecided == []


def test_no_class_has_a_name_that_says_nothing() -> None:
    undecided = [
        f"{source.name}: {node.name}"
        for source in sources(*CODE)
        for node in source.nodes()
        if isinstance(node, ast.ClassDef)
        and any(word.lower() in UNDECIDED for word in words(node.name)[-1:])
    ]

    assert undecided == []


def test_a_handler_is_called_like_its_operation() -> None:
    misnamed = [
        f"{source.name}: {node.name} answers {call.args[0].value}"
        for source in sources(PACKAGE / "services")
        for node in source.nodes()
        if isinstance(node, ast.AsyncFunctionDef)
        for call in node.decorator_list
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "operation"
        and isinstance(call.args[0], ast.Constant)
        and xform_name(str(call.args[0].value)) != node.name
    ]

    assert misnamed == []
