"""The process that models topics. Run by `LdaTopicModeler`."""

from collections.abc import Callable, Generator
from typing import Any

from outcrop.engines.topics.variational import model_topics
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame


def start(_config: Any, _report: Callable[[Any], None]) -> child.Ready:
    """Be ready: there is nothing to load."""

    def handle(request: Frame) -> Generator[Frame, None, None]:
        """Answer documents with their topics."""
        asked = request.value
        terms, shares = model_topics(asked["documents"], asked["topics"], asked["terms"])
        yield Frame({"terms": terms, "shares": shares})

    return child.Ready(handle=handle)


if __name__ == "__main__":
    child.serve(start)
