"""Services name nothing that botocore's service models do not have."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import outcrop.services
from outcrop.protocol.service_models import model_loader

SERVICES = Path(outcrop.services.__path__[0])
FOLDERS = sorted(path.parent for path in SERVICES.glob("*/shapes.py"))


@cache
def model_of(folder: Path) -> dict[str, Any]:
    return model_loader().load_service_model(folder.name.replace("_", "-"), "service-2")


def nodes(folder: Path) -> Iterator[ast.AST]:
    for path in folder.rglob("*.py"):
        yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_operation_is_one_of_the_service_model(folder: Path) -> None:
    operations = model_of(folder)["operations"]

    named = {
        node.args[0].value
        for node in nodes(folder)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "operation"
        and isinstance(node.args[0], ast.Constant)
    }

    assert sorted(named - operations.keys()) == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_shape_made_at_run_time_is_a_modelled_error(folder: Path) -> None:
    shapes = model_of(folder)["shapes"]
    errors = {name for name, shape in shapes.items() if shape.get("exception")}

    made = {
        node.func.attr
        for node in nodes(folder)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "shapes"
    }

    assert sorted(made - errors) == []
