"""Small and large calls against moto and MiniStack: requests per second, and the tail.

Goals: at least 5 times moto and 1.3 times MiniStack on small calls, no error, p99 at most 3 p50.
"""

import argparse
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from rich.console import Console
from rich.table import Table

from benchmarks.load import Load, load
from benchmarks.peers import ministack, moto, outcrop

SCOPE = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/{}/aws4_request"
SIGNATURE = ", SignedHeaders=host;x-amz-date, Signature=" + "0" * 64
SERVERS: Mapping[str, Callable[[], AbstractContextManager[str]]] = {
    "outcrop": outcrop,
    "moto": moto,
    "ministack": ministack,
}
CLIENTS = (1, 4, 32)


def signed(service: str) -> dict[str, str]:
    """Return headers that name an account and a service; nobody here verifies them."""
    return {
        "Authorization": SCOPE.format(service) + SIGNATURE,
        "X-Amz-Date": "20260101T000000Z",
        "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD",
    }


def main() -> None:
    """Measure every call on every server and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=4, help="for each figure")
    seconds = parser.parse_args().seconds
    figures: dict[tuple[str, int], dict[str, Load]] = {}
    for name, server in SERVERS.items():
        with server() as url:
            _prepare(url)
            for clients in CLIENTS:
                for call, measured in _measure(url, clients, seconds).items():
                    figures.setdefault((call, clients), {})[name] = measured
    _print(figures)


def _prepare(url: str) -> None:
    for path, body in (("/bench", b""), ("/bench/small", b"x" * 1024), ("/bench/large", LARGE)):
        request = urllib.request.Request(url + path, data=body, method="PUT", headers=signed("s3"))
        urllib.request.urlopen(request).read()


LARGE = b"x" * (8 << 20)


def _measure(url: str, clients: int, seconds: int) -> dict[str, Load]:
    form = {**signed("sts"), "Content-Type": "application/x-www-form-urlencoded"}
    action = b"Action=GetCallerIdentity&Version=2011-06-15"
    s3 = signed("s3")
    run = {"clients": clients, "seconds": seconds}
    return {
        "STS GetCallerIdentity": load(f"{url}/", method="POST", headers=form, body=action, **run),
        "S3 put 1 KB": load(
            f"{url}/bench/small-",
            method="PUT",
            headers=s3,
            body=b"x" * 1024,
            new_paths=True,
            **run,
        ),
        "S3 get 1 KB": load(f"{url}/bench/small", headers=s3, **run),
        "S3 put 8 MB": load(
            f"{url}/bench/large-", method="PUT", headers=s3, body=LARGE, new_paths=True, **run
        ),
        "S3 get 8 MB": load(f"{url}/bench/large", headers=s3, **run),
    }


def _print(figures: Mapping[tuple[str, int], Mapping[str, Load]]) -> None:
    table = Table(title="requests per second")
    for column in ("call", "clients", *SERVERS, "x moto", "x ministack", "p99/p50", "errors"):
        table.add_column(column, justify="left" if column == "call" else "right")
    for (call, clients), by_server in figures.items():
        ours = by_server["outcrop"]
        table.add_row(
            call,
            str(clients),
            *(f"{by_server[name].requests_per_second:.0f}" for name in SERVERS),
            *(
                f"{ours.requests_per_second / max(by_server[name].requests_per_second, 1e-9):.1f}"
                for name in ("moto", "ministack")
            ),
            f"{ours.p99_ms / max(ours.p50_ms, 1e-9):.1f}",
            " ".join(f"{by_server[name].errors}" for name in SERVERS),
        )
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
