"""Languages by fastText's classifier of 176 of them, in a worker process.

Source: https://fasttext.cc/docs/en/language-identification.html
"""

from collections.abc import Sequence

from outcrop.engines.language_identification.interface import LanguageGuess
from outcrop.engines.workers.engine import EngineFront, EngineProgram

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

    async def identify(self, texts: Sequence[str]) -> list[list[LanguageGuess]]:
        """See `LanguageIdentifier.identify`."""
        answer = await self._engine.ask(list(texts))
        return [[LanguageGuess(*guess) for guess in guesses] for guesses in answer.value]
