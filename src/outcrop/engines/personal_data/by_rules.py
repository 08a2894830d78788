"""Personal data by rules, in a worker process: a slow pattern holds up nobody else."""

from collections.abc import Sequence
from typing import Any

from outcrop.engines.personal_data.interface import Finding
from outcrop.engines.workers.engine import EngineFront, EngineProgram
from outcrop.engines.workers.settings import WorkerSettings
from outcrop.engines.workers.together import TogetherByKind
from outcrop.weights import WeightStore

PROGRAM = EngineProgram(
    module="outcrop.engines.personal_data.by_rules_worker",
    extra="language",
    libraries=("phonenumbers",),
)


class RuleDataFinder(EngineFront):
    """Implements `PersonalDataFinder`; its process is started on first use, ended when idle."""

    program = PROGRAM

    def __init__(self, store: WeightStore, *, settings: WorkerSettings | None = None) -> None:
        """See `EngineFront`."""
        super().__init__(store, settings=settings)
        self._together = TogetherByKind(self._ask)

    async def find(
        self, texts: Sequence[str], *, language: str, is_spoken: bool = False
    ) -> list[list[Finding]]:
        """See `PersonalDataFinder.find`."""
        found: Sequence[list[Any]] = await self._together.ask((language, is_spoken), texts)
        return [[Finding(*finding) for finding in each] for each in found]

    async def _ask(self, kind: tuple[str, bool], texts: list[str]) -> Sequence[Any]:
        language, is_spoken = kind
        asked = {"texts": texts, "language": language, "is_spoken": is_spoken}
        return (await self._engine.ask(asked)).value
