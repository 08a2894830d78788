"""Nobody reads the environment but those whose business it is."""

import ast

from tests.architecture.sources import PACKAGE, RUNTIME_PROGRAMS, Source, sources

MAY_READ = {
    "src/outcrop/settings.py": "reads it once, into frozen dataclasses",
    "src/outcrop/local.py": "hands it to the server that it starts, and sets clients' variables",
    "src/outcrop/cli/run.py": "hands it to the program that it runs",
    "src/outcrop/jobs/process/names/sitecustomize.py": "runs in programs, which are told by it",
}


def reads_environment(source: Source) -> bool:
    return any(
        (isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv"))
        or (isinstance(node, ast.alias) and node.name in ("environ", "environb", "getenv"))
        for node in source.nodes()
    )


def test_the_environment_is_read_in_few_places() -> None:
    # Programs of runtimes are given their work by it, as containers are.
    read = [source for source in sources(PACKAGE) if reads_environment(source)]

    assert {source.name for source in read if RUNTIME_PROGRAMS not in source.path.parents} == set(
        MAY_READ
    )
