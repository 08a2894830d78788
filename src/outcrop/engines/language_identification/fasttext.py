"""Languages by fastText's classifier of 176 of them, in a worker process.

Source: https://fasttext.cc/docs/en/language-identification.html
"""

from collections.abc import Sequence
from typing import Any

from outcrop.engines.language_identification.interface import LanguageGuess
from outcrop.engines.workers.engine import EngineFront, EngineProgram
from outcrop.engines.workers.settings import WorkerSettings
from outcrop.engines.workers.together import Together
from outcrop.weights import WeightStore

WEIGHTS = "lid.176"
PROGRAM = EngineProgram(
    module="outcrop.engines.language_identification.fasttext_worker",
    extra="language",
    libraries=("fasttext",),
    weights={"model": WEIGHTS},
)


class FastTextLanguageIdentifier(EngineFront):
    """Implements `LanguageIdentifier`; loaded on first use, unloaded when idle."""

    program = PROGRAM

    def __init__(self, store: WeightStore, *, settings: WorkerSettings | None = None) -> None:
        """See `EngineFront`."""
        super().__init__(store, settings=settings)
        self._together = Together(self._ask)

    async def identify(self, texts: Sequence[str]) -> list[list[LanguageGuess]]:
        """See `LanguageIdentifier.identify`."""
        answer = await self._together.ask(texts)
        return [[LanguageGuess(*guess) for guess in guesses] for guesses in answer]

    async def _ask(self, texts: list[str]) -> Sequence[Any]:
        return (await self._engine.ask(texts)).value
