"""The process that trains linear classifiers. Run by `ScikitLearnClassifiers`."""

from collections.abc import Callable, Generator
from typing import Any

import numpy as np
from threadpoolctl import (  # pyright: ignore[reportMissingTypeStubs] - has none
    threadpool_limits,
)

from outcrop.engines.linear_classifiers.logistic import LogisticClassifier, Numbers, train
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame


def start(_config: Any, _report: Callable[[Any], None]) -> child.Ready:
    """Be ready: there is nothing to load.

    One thread each: those of BLAS wait for one another by spinning, and on processors that others
    use, a training took four times as long with two.
    """
    threadpool_limits(limits=1)
    return child.Ready(handle=_handle)


def _handle(request: Frame) -> Generator[Frame, None, None]:
    if "train" in request.value:
        asked = request.value["train"]
        vectors = _vectors(request.blob, asked["dimensions"])
        trained = train(vectors, asked["labels"], exclusive=asked["exclusive"])
        yield Frame(None, trained.to_bytes())
    else:
        asked = request.value["classify"]
        length = asked["classifier_bytes"]
        classifier = LogisticClassifier.from_bytes(request.blob[:length])
        yield Frame(classifier.classify(_vectors(request.blob[length:], asked["dimensions"])))


def _vectors(rows: bytes, dimensions: int) -> Numbers:
    return np.frombuffer(rows, "<f4").reshape(-1, dimensions).astype(np.float64)


if __name__ == "__main__":
    child.serve(start)
