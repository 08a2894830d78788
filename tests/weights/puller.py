"""A process of its own that pulls, and prints each step: `puller.py DIRECTORY hub URL`."""

import sys
from pathlib import Path

from outcrop.weights import PullProgress
from tests.weights.entries import HUB, entry, store


def show(progress: PullProgress) -> None:
    sys.stdout.write(f"{progress.done} {progress.step}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    store(Path(sys.argv[1]), entry(HUB), hub_endpoint=sys.argv[2]).pull("tiny", show)
