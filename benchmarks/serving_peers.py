"""An endpoint's throughput beside LitServe's and BentoML's, with the same model at 16 clients.

Goal: at least as many requests per second. The model is that of `benchmarks.endpoints`; each server
has two workers of it, runs in processes of its own, and is measured turn about.

The peers live in a virtual environment of their own, made on first use from PyPI.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.calls import signed
from benchmarks.endpoints import ROW, TYPE, deploy, train
from benchmarks.load import Load, load
from benchmarks.peers import wait_for
from outcrop.gateway.journal import read_journal
from outcrop.local import LocalServer, free_port

PEERS = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "outcrop"
PEERS /= "bench-serving"
PACKAGES = ("litserve", "bentoml", "scikit-learn==1.9.1")
WORKERS, CLIENTS = 2, 16
LITSERVE = """
import os, joblib, litserve, numpy
class Iris(litserve.LitAPI):
    def setup(self, device):
        self.model = joblib.load(os.environ["MODEL"])
    def decode_request(self, request):
        return numpy.array(request, dtype=numpy.float32)
    def predict(self, rows):
        return self.model.predict(rows)
    def encode_response(self, output):
        return output.tolist()
if __name__ == "__main__":
    server = litserve.LitServer(Iris(), accelerator="cpu", workers_per_device=2)
    place = {"host": "127.0.0.1", "port": int(os.environ["PORT"])}
    server.run(**place, log_level="error", generate_client_file=False)
"""
BENTOML = """
import os, bentoml, joblib, numpy
@bentoml.service(workers=2, logging={"access": {"enabled": False}})
class Iris:
    def __init__(self):
        self.model = joblib.load(os.environ["MODEL"])
    @bentoml.api(route="/predict")
    def predict(self, rows: list) -> list:
        return self.model.predict(numpy.array(rows, dtype=numpy.float32)).tolist()
"""


def main() -> None:
    """Measure each server and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=4, help="for each figure")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median counts")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="outcrop-bench-") as name, ExitStack() as running:
        folder = Path(name)
        train(folder / "iris.joblib")
        targets = {
            "outcrop": running.enter_context(outcrop(folder)),
            "litserve": running.enter_context(
                peer(folder, "litserve.py", LITSERVE, ["python", "litserve_iris.py"], ROW)
            ),
            "bentoml": running.enter_context(
                peer(
                    folder,
                    "bentoml.py",
                    BENTOML,
                    ["bentoml", "serve", "bentoml_iris:Iris", "--host", "127.0.0.1"],
                    b'{"rows": ' + ROW + b"}",
                )
            ),
        }
        figures = measure(targets, seconds=arguments.seconds, rounds=arguments.rounds)
    show(figures)


@contextmanager
def outcrop(folder: Path) -> Generator[Mapping[str, Any], None, None]:
    """Run Outcrop with an endpoint of the model."""
    with LocalServer(folder / "outcrop").running() as server:
        deploy(server, workers=WORKERS)
        url = f"{server.url}/endpoints/iris/invocations"
        yield {"url": url, "headers": {**signed("sagemaker"), **TYPE}, "body": ROW}
        for what, count in failures(folder / "outcrop").most_common():
            print(f"outcrop: {count} x {what}")


def failures(data: Path) -> Counter[str]:
    """Return why requests failed, by the server's journal."""
    return Counter(
        f"{entry.status} {entry.error}: {entry.message}"
        for entry in read_journal(data / "journal")
        # 499: the client went away, as all do at the end of each measurement.
        if entry.operation == "InvokeEndpoint" and entry.status not in (200, 499)
    )


@contextmanager
def peer(
    folder: Path, file: str, program: str, command: list[str], body: bytes
) -> Generator[Mapping[str, Any], None, None]:
    """Run a peer with the model."""
    if not (PEERS / "bin" / "bentoml").exists():
        subprocess.run([sys.executable, "-m", "venv", PEERS], check=True)
        subprocess.run([PEERS / "bin" / "pip", "install", "--quiet", *PACKAGES], check=True)
    (folder / file.replace(".py", "_iris.py")).write_text(program)
    port = free_port()
    with (folder / f"{file}.log").open("wb") as log:
        process = subprocess.Popen(
            [PEERS / "bin" / command[0], *command[1:]],
            cwd=folder,
            env={
                **os.environ,
                "BENTOML_DO_NOT_TRACK": "true",
                "BENTOML_PORT": str(port),
                "MODEL": str(folder / "iris.joblib"),
                "OMP_NUM_THREADS": "1",
                "PORT": str(port),
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}", process)
        yield {"url": f"http://127.0.0.1:{port}/predict", "headers": TYPE, "body": body}
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def measure(
    targets: Mapping[str, Mapping[str, Any]], *, seconds: int, rounds: int
) -> Mapping[str, Load]:
    """Return the median of some rounds by server."""
    found: dict[str, list[Load]] = {name: [] for name in targets}
    for number in range(rounds + 1):
        for name, target in targets.items():
            one = load(method="POST", clients=CLIENTS, seconds=seconds, **target)
            if number:  # The first round warms up.
                found[name].append(one)
    return {
        name: Load(
            requests_per_second=median(one.requests_per_second for one in all_),
            p50_ms=median(one.p50_ms for one in all_),
            p99_ms=median(one.p99_ms for one in all_),
            errors=sum(one.errors for one in all_),
        )
        for name, all_ in found.items()
    }


def show(figures: Mapping[str, Load]) -> None:
    """Print what was measured."""
    table = Table(title=f"One row of iris, {CLIENTS} clients, {WORKERS} workers")
    for column in ("", "requests/s", "p50 ms", "p99 ms", "errors", "outcrop is"):
        table.add_column(column, justify="right")
    ours = figures["outcrop"].requests_per_second
    for name, one in figures.items():
        table.add_row(
            name,
            f"{one.requests_per_second:.0f}",
            f"{one.p50_ms:.1f}",
            f"{one.p99_ms:.1f}",
            str(one.errors),
            f"{ours / max(one.requests_per_second, 1e-9):.2f} x",
        )
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
