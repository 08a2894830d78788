"""Services read JSON in one way, which bounds how deep it is nested."""

import ast

from tests.architecture.sources import PACKAGE, Source, sources


def loads_json(source: Source) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in ("load", "loads")
        and isinstance(node.value, ast.Name)
        and node.value.id == "json"
        for node in source.nodes()
    )


def test_services_read_json_with_a_bound_on_its_levels() -> None:
    """`outcrop.aws.user_json.read_json` is what they take."""
    services = (it for it in sources(PACKAGE) if it.name.startswith("src/outcrop/services/"))

    assert [source.name for source in services if loads_json(source)] == []
