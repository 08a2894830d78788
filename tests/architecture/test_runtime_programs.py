"""What runs in the runtimes' environments and what runs in the server do not import one another."""

import ast

from tests.architecture.sources import PACKAGE, RUNTIME_PROGRAMS, Source, sources


def imported(source: Source) -> set[str]:
    """Return the packages that a file imports."""
    names: set[str] = set()
    for node in source.nodes():
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


def test_programs_of_runtimes_do_not_import_the_server() -> None:
    programs = sources(RUNTIME_PROGRAMS)

    assert programs
    assert [source.name for source in programs if "outcrop" in imported(source)] == []


def test_the_server_does_not_import_programs_of_runtimes() -> None:
    server = [one for one in sources(PACKAGE) if RUNTIME_PROGRAMS not in one.path.parents]

    assert [source.name for source in server if "outcrop_runtime" in imported(source)] == []
