"""The process that looks for personal data. Run by `RuleDataFinder`."""

from collections.abc import Callable, Generator
from dataclasses import astuple
from typing import Any

from outcrop.engines.personal_data.finding import find
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame


def start(_config: Any, _report: Callable[[Any], None]) -> child.Ready:
    """Be ready: the rules are loaded with the module."""

    def handle(request: Frame) -> Generator[Frame, None, None]:
        """Answer texts with lists of findings."""
        language, is_spoken = request.value["language"], request.value["is_spoken"]
        yield Frame(
            [
                [astuple(finding) for finding in find(text, language=language, is_spoken=is_spoken)]
                for text in request.value["texts"]
            ]
        )

    return child.Ready(handle=handle)


if __name__ == "__main__":
    child.serve(start)
