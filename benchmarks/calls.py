"""Small and large calls against moto and MiniStack: requests per second, and the tail.

Goals: at least 5 times moto and 1.3 times MiniStack on small calls, no error, p99 at most 3 p50.

moto and MiniStack keep objects in memory: what they answer is lost with their process. Outcrop runs
twice, once as it comes, where writes survive the process, and once where they survive a loss of
power. All run at the same time and are measured turn about, the others held meanwhile; who was held
has a second to warm up, which does not count. Beside them stands nginx: what the machine does to
the slowest of its answers, it does to everybody's.
"""

import argparse
import itertools
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.load import Load, load
from benchmarks.peers import Peer, alone, ministack, moto, nginx, outcrop
from outcrop.storage.durability import DEFAULT_DURABILITY

SCOPE = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/{}/aws4_request"
SIGNATURE = ", SignedHeaders=host;x-amz-date, Signature=" + "0" * 64
FULL = "outcrop, full"
SERVERS: Mapping[str, Callable[[], AbstractContextManager[Peer]]] = {
    "outcrop": outcrop,
    FULL: partial(outcrop, {"OUTCROP_STORAGE_DURABILITY": "full"}),
    "moto": moto,
    "ministack": ministack,
}
CLIENTS = (1, 4, 32)
SMALL = b"x" * 1024
LARGE = b"x" * (8 << 20)
MOST_LARGE_ROUNDS = 3
WARM_UP_SECONDS = 1


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
    parser.add_argument("--seconds", type=int, default=1, help="for each figure")
    parser.add_argument("--rounds", type=int, default=5, help="of which the median counts; odd")
    parser.add_argument("--only", choices=CALLS, action="append", help="measure this call alone")
    arguments = parser.parse_args()
    figures: dict[tuple[str, int], dict[str, Load]] = {}
    with ExitStack() as running:
        peers = {name: running.enter_context(server()) for name, server in SERVERS.items()}
        for peer in peers.values():
            _prepare(peer.url)
        floor = {"nginx": running.enter_context(nginx(SMALL))}
        everybody = [*peers.values(), *floor.values()]
        for call in arguments.only or CALLS:
            measure = CALLS[call]
            # 32 clients with 8 MB each need more than a moment to be answered at all.
            is_large = "8 MB" in call
            rounds = min(arguments.rounds, MOST_LARGE_ROUNDS) if is_large else arguments.rounds
            measured = partial(measure, seconds=arguments.seconds * (4 if is_large else 1))
            for clients in CLIENTS:
                measured_so = partial(measured, clients=clients)
                figures[call, clients] = _in_turn(peers, measured_so, rounds, everybody)
        floors = {
            clients: _in_turn(
                floor,
                partial(_file, clients=clients, seconds=arguments.seconds),
                arguments.rounds,
                everybody,
            )["nginx"]
            for clients in CLIENTS
        }
    _print(figures)
    _print_floors(floors)


def _in_turn(
    measured: Mapping[str, Peer],
    measure: Callable[..., Load],
    rounds: int,
    everybody: Iterable[Peer],
) -> dict[str, Load]:
    """Return what each server does, the median of rounds in which they take turns."""
    figures: dict[str, list[Load]] = {name: [] for name in measured}
    for _ in range(rounds):
        for name, peer in measured.items():
            with alone(peer, everybody):
                measure(peer.url, seconds=WARM_UP_SECONDS)
                figures[name].append(measure(peer.url))
    return {name: _median(rounds) for name, rounds in figures.items()}


def _prepare(url: str) -> None:
    for path, body in (("/bench", b""), ("/bench/small", SMALL), ("/bench/large", LARGE)):
        request = urllib.request.Request(url + path, data=body, method="PUT", headers=signed("s3"))
        urllib.request.urlopen(request).read()


def _median(rounds: Sequence[Load]) -> Load:
    return Load(
        requests_per_second=median(it.requests_per_second for it in rounds),
        p50_ms=median(it.p50_ms for it in rounds),
        p99_ms=median(it.p99_ms for it in rounds),
        errors=sum(it.errors for it in rounds),
    )


_runs = itertools.count()
"""Numbers the measurements: each one puts small objects that are not there yet."""


def _identity(url: str, *, clients: int, seconds: int) -> Load:
    form = {**signed("sts"), "Content-Type": "application/x-www-form-urlencoded"}
    action = b"Action=GetCallerIdentity&Version=2011-06-15"
    return load(
        f"{url}/", method="POST", headers=form, body=action, clients=clients, seconds=seconds
    )


def _put(url: str, *, body: bytes, clients: int, seconds: int) -> Load:
    # Large ones replace one another: as objects of their own they would fill the disk.
    is_large = body is LARGE
    return load(
        f"{url}/bench/replaced" if is_large else f"{url}/bench/{next(_runs)}-",
        method="PUT",
        headers=signed("s3"),
        body=body,
        new_paths=not is_large,
        clients=clients,
        seconds=seconds,
    )


def _get(url: str, *, key: str, clients: int, seconds: int) -> Load:
    return load(f"{url}/bench/{key}", headers=signed("s3"), clients=clients, seconds=seconds)


def _file(url: str, *, clients: int, seconds: int) -> Load:
    return load(f"{url}/file", headers={}, clients=clients, seconds=seconds)


CALLS: Mapping[str, Callable[..., Load]] = {
    "STS GetCallerIdentity": _identity,
    "S3 put 1 KB": partial(_put, body=SMALL),
    "S3 get 1 KB": partial(_get, key="small"),
    "S3 put 8 MB": partial(_put, body=LARGE),
    "S3 get 8 MB": partial(_get, key="large"),
}


def _print(figures: Mapping[tuple[str, int], Mapping[str, Load]]) -> None:
    title = f"requests per second; durability: {DEFAULT_DURABILITY}, full; memory"
    table = Table(title=title, caption="p99/p50 and errors: of the servers in their order")
    columns = ("call", "clients", *SERVERS, "x moto", "full x moto", "x ministack")
    for column in (*columns, "full x ministack", "p99/p50", "errors"):
        table.add_column(column, justify="left" if column == "call" else "right")
    for (call, clients), by_server in figures.items():
        rates = {name: max(it.requests_per_second, 1e-9) for name, it in by_server.items()}
        table.add_row(
            call,
            str(clients),
            *(f"{rates[name]:.0f}" for name in SERVERS),
            *(
                f"{rates[ours] / rates[peer]:.1f}"
                for peer in ("moto", "ministack")
                for ours in ("outcrop", FULL)
            ),
            " ".join(f"{_tail(by_server[name]):.1f}" for name in SERVERS),
            " ".join(f"{by_server[name].errors}" for name in SERVERS),
        )
    Console(width=180).print(table)


def _tail(load: Load) -> float:
    return load.p99_ms / max(load.p50_ms, 1e-9)


def _print_floors(floors: Mapping[int, Load]) -> None:
    """Tell what the machine itself does to the slowest answers: nginx has next to none."""
    told = (f"{clients} clients: {_tail(floor):.1f}" for clients, floor in floors.items())
    print(f"p99/p50 of nginx with a file of 1 KB, for comparison: {', '.join(told)}")


if __name__ == "__main__":
    main()
