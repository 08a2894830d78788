"""`python -m conformance [SERVICE …]`: prints the table; fails if any answer does not conform."""

import argparse
import itertools
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from conformance.calls import Client
from conformance.recipes import recipe_of
from conformance.report import Row, print_failures, print_refusals, print_table
from conformance.trial import Trial
from outcrop.gateway.registry import ServiceRegistry
from outcrop.local import LocalServer

FIRST_ACCOUNT = 100_000_000_001


def main() -> int:
    """Try the services and return the exit status."""
    arguments = _arguments()
    names = arguments.services or sorted(ServiceRegistry().names)
    settings = {"OUTCROP_STORAGE_DURABILITY": "process"}
    for name in names:
        settings |= recipe_of(name).settings
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="outcrop-conformance-") as folder,
        LocalServer(Path(folder), settings=settings).running() as server,
    ):
        accounts = (f"{number:012d}" for number in itertools.count(FIRST_ACCOUNT))
        rows = list(_rows(names, arguments.operation, server.url, accounts))
        log = server.log()
    print_failures(rows, most=arguments.failures)
    if arguments.refused:
        print_refusals(rows)
    print_table(rows, seconds=time.monotonic() - began)
    if "Traceback" in log:
        print(log[log.index("Traceback") :][:4_000], file=sys.stderr)
        return 1
    return int(any(row.tally.failures for row in rows))


def _rows(
    names: list[str], only: list[str] | None, url: str, accounts: Iterator[str]
) -> Iterator[Row]:
    registry = ServiceRegistry()
    for name in names:
        service = registry.get(name)
        client = Client(name, url)
        wanted = sorted(service.operations.keys() & set(only or service.operations))
        yield Row(
            service=name,
            implemented=len(service.operations),
            total=len(client.operation_names),
            tally=Trial(service, client, recipe_of(name), accounts).run(wanted),
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m conformance", description=__doc__)
    parser.add_argument("services", nargs="*", help="by botocore's names; default: all")
    parser.add_argument("--operation", action="append", help="only this one; may be repeated")
    parser.add_argument("--failures", type=int, default=3, help="shown per service [default: 3]")
    parser.add_argument(
        "--refused", action="store_true", help="list the valid requests that got an error"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
