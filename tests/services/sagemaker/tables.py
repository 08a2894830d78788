"""Tables of scikit-learn's, as CSV with the label first, and what endpoints say of them."""

import subprocess
from collections.abc import Sequence
from typing import Any

from tests.installed_runtimes import program_environment, runtime_python

WRITE = """
import csv, random, sys
from sklearn import datasets
data = getattr(datasets, "load_" + sys.argv[1])()
rows = [[int(label), *cells] for cells, label in zip(data.data.tolist(), data.target)]
random.Random(0).shuffle(rows)
csv.writer(sys.stdout, lineterminator="\\n").writerows(rows)
"""


def table(name: str) -> tuple[Sequence[str], Sequence[str]]:
    """Return the lines to train on, and a fifth to ask for."""
    written = subprocess.run(
        [runtime_python("pytorch"), "-c", WRITE, name],
        env=program_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = written.stdout.splitlines()
    return [line for number, line in enumerate(lines) if number % 5], lines[::5]


def accuracy(runtime: Any, endpoint: str, lines: Sequence[str]) -> float:
    """Return how many lines, label first, an endpoint predicts as they are."""
    asked = "\n".join(line.partition(",")[2] for line in lines)
    answer = runtime.invoke_endpoint(
        EndpointName=endpoint, ContentType="text/csv", Accept="text/csv", Body=asked.encode()
    )
    labels = answer["Body"].read().decode().splitlines()
    right = [label == line.partition(",")[0] for label, line in zip(labels, lines, strict=True)]
    return sum(right) / len(right)
