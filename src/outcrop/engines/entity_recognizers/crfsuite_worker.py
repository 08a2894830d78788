"""The process that trains recognizers and finds entities. Run by `CrfEntityRecognizers`."""

import json
from collections.abc import Callable, Generator
from typing import Any

from outcrop.engines.entity_recognizers.crf import Recognizer, train
from outcrop.engines.entity_recognizers.interface import Annotated, Span
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame


def start(_config: Any, _report: Callable[[Any], None]) -> child.Ready:
    """Be ready: there is nothing to load."""
    return child.Ready(handle=_handle)


def _handle(request: Frame) -> Generator[Frame, None, None]:
    if "train" in request.value:
        texts = [
            Annotated(text, [Span(*span) for span in spans])
            for text, spans in json.loads(request.blob)
        ]
        yield Frame(None, train(texts))
    else:
        recognizer = Recognizer(request.blob)
        yield Frame(
            [
                [(tuple(each.span), each.score) for each in recognizer.recognize(text)]
                for text in request.value["recognize"]
            ]
        )


if __name__ == "__main__":
    child.serve(start)
