"""Entity recognizers by CRFsuite, in a worker process.

Source: https://python-crfsuite.readthedocs.io/
"""

import json
from collections.abc import Callable, Sequence

from outcrop.engines.entity_recognizers.interface import Annotated, Recognized, Span
from outcrop.engines.workers.engine import EngineProgram, WorkerEngine
from outcrop.engines.workers.settings import WorkerSettings
from outcrop.weights import WeightStore

PROGRAM = EngineProgram(
    module="outcrop.engines.entity_recognizers.crfsuite_worker",
    extra="language",
    libraries=("pycrfsuite",),
)


def _ignore(_: str) -> None:
    pass


class CrfEntityRecognizers:
    """Implements `EntityRecognizers`; its process is started on first use, ended when idle."""

    def __init__(
        self,
        store: WeightStore,
        *,
        settings: WorkerSettings | None = None,
        log: Callable[[str], None] = _ignore,
    ) -> None:
        self._engine = WorkerEngine(PROGRAM, store, settings=settings, log=log)

    async def train(self, texts: Sequence[Annotated]) -> bytes:
        """See `EntityRecognizers.train`."""
        body = json.dumps([[each.text, list(each.spans)] for each in texts]).encode()
        return (await self._engine.ask({"train": True}, body)).blob

    async def recognize(self, recognizer: bytes, texts: Sequence[str]) -> list[list[Recognized]]:
        """See `EntityRecognizers.recognize`."""
        found = (await self._engine.ask({"recognize": list(texts)}, recognizer)).value
        return [
            [Recognized(Span(*span), score) for span, score in of_one_text] for of_one_text in found
        ]

    async def close(self) -> None:
        """Stop the process."""
        await self._engine.close()
