"""Nobody reads the environment but those whose business it is."""

import ast

from tests.architecture.sources import PACKAGE, Source, sources

MAY_READ = {
    "src/outcrop/settings.py": "reads it once, into frozen dataclasses",
    "src/outcrop/local.py": "hands it to the server that it starts, and sets clients' variables",
    "src/outcrop/cli/run.py": "hands it to the program that it runs",
}


def reads_environment(source: Source) -> bool:
    return any(
        (isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv"))
        or (isinstance(node, ast.alias) and node.name in ("environ", "environb", "getenv"))
        for node in source.nodes()
    )


def test_the_environment_is_read_in_few_places() -> None:
    assert {source.name for source in sources(PACKAGE) if reads_environment(source)} == set(
        MAY_READ
    )
