"""Languages by fastText's classifier of 176 of them, in a worker process.

Source: https://fasttext.cc/docs/en/language-identification.html
"""

from collections.abc import Callable, Sequence

from outcrop.engines.language_identification.interface import LanguageGuess
from outcrop.engines.workers.engine import EngineProgram, WorkerEngine
from outcrop.engines.workers.settings import WorkerSettings
from outcrop.weights import WeightStore

WEIGHTS = "lid.176"


def _ignore(_: str) -> None:
    pass


class FastTextLanguageIdentifier:
    """Implements `LanguageIdentifier`; loaded on first use, unloaded when idle."""

    def __init__(
        self,
        store: WeightStore,
        *,
        settings: WorkerSettings | None = None,
        log: Callable[[str], None] = _ignore,
    ) -> None:
        program = EngineProgram(
            module="outcrop.engines.language_identification.fasttext_worker",
            extra="language",
            libraries=("fasttext",),
            weights={"model": WEIGHTS},
        )
        self._engine = WorkerEngine(program, store, settings=settings, log=log)

    async def identify(self, texts: Sequence[str]) -> list[list[LanguageGuess]]:
        """See `LanguageIdentifier.identify`."""
        answer = await self._engine.ask(list(texts))
        return [[LanguageGuess(*guess) for guess in guesses] for guesses in answer.value]

    async def close(self) -> None:
        """Stop the process."""
        await self._engine.close()
