"""The process that holds a spaCy pipeline. Run by `SpacyTextAnalyzer`."""

import threading
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from threadpoolctl import (  # pyright: ignore[reportMissingTypeStubs] - has none
    threadpool_limits,
)

from outcrop.engines.text_analysis.pipeline import NotAPipelineError, Pipeline
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame


def start(config: Any, report: Callable[[Any], None]) -> child.Ready:
    """Load the pipeline whose `config.cfg` is named.

    One thread: the products are small, and threads that wait for one another by spinning take the
    processors from the server.
    """
    threadpool_limits(limits=1)
    folder = Path(config["config"]).parent
    report({"loading": str(folder)})
    try:
        pipeline = Pipeline(folder, language=config["language"])
    except NotAPipelineError as error:
        raise child.RefusedError("load", str(error)) from error
    at_work = threading.Lock()  # A pipeline's vocabulary grows by what it reads.

    def handle(request: Frame) -> Generator[Frame, None, None]:
        """Answer texts with what was found in each, as lists that JSON can hold."""
        with at_work:
            found = pipeline.analyze(request.value["texts"], frozenset(request.value["want"]))
        yield Frame(found)

    return child.Ready(handle=handle)


if __name__ == "__main__":
    child.serve(start)
