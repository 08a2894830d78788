"""Entity recognizers by CRFsuite, in a worker process.

Source: https://python-crfsuite.readthedocs.io/
"""

import json
from collections.abc import Sequence

from outcrop.engines.entity_recognizers.interface import Annotated, Recognized, Span
from outcrop.engines.workers.engine import EngineFront, EngineProgram

PROGRAM = EngineProgram(
    module="outcrop.engines.entity_recognizers.crfsuite_worker",
    extra="language",
    libraries=("pycrfsuite",),
)


class CrfEntityRecognizers(EngineFront):
    """Implements `EntityRecognizers`; its process is started on first use, ended when idle."""

    program = PROGRAM

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
